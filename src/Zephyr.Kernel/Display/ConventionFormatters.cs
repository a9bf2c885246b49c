using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Zephyr.Kernel.Display;

/// <summary>
/// Types that say themselves how they look, by an attribute named <c>TypeFormatterSourceAttribute</c>. It is found by its name, so
/// that a library needs no reference to any kernel; .NET Interactive introduced the convention.
/// </summary>
internal static class ConventionFormatters
{
    private const string AttributeName = "TypeFormatterSourceAttribute";

    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly ConditionalWeakTable<Type, Source> Sources = []; // weak: cells' types may be unloaded

    /// <summary>The forms that the value's type, a base or an interface of it offers; null where none has the attribute.</summary>
    public static MimeBundle? Of(object value)
    {
        var source = Sources.GetValue(value.GetType(), Find);
        if (source.Formatters.Count == 0)
        {
            return null;
        }

        var bundle = new MimeBundle();
        foreach (var formatter in source.Formatters)
        {
            using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
            if (formatter.Format(value, writer))
            {
                bundle.Add(formatter.MimeType, writer.ToString());
            }
        }

        return bundle;
    }

    private static Source Find(Type type)
    {
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (Declared(candidate) is { } source)
            {
                return source;
            }
        }

        return type.GetInterfaces().Select(Declared).FirstOrDefault(source => source is not null) ?? new Source([]);
    }

    private static Source? Declared(Type type)
    {
        var attribute = type.GetCustomAttributes(inherit: false).FirstOrDefault(a => a.GetType().Name == AttributeName);
        if (attribute is null)
        {
            return null;
        }

        var kind = attribute.GetType();
        var sourceType = (Type)kind.GetProperty("FormatterSourceType", Members)!.GetValue(attribute)!;
        var preferred = (string[]?)kind.GetProperty("PreferredMimeTypes", Members)?.GetValue(attribute) ?? [];
        var source = Activator.CreateInstance(sourceType, nonPublic: true)!;
        var created = (IEnumerable)sourceType.GetMethod("CreateTypeFormatters", Members)!.Invoke(source, null)!;
        var formatters = created.Cast<object>().Select(f => new Formatter(f)).ToArray();
        return new Source(preferred.Length == 0 ? formatters : [.. preferred.SelectMany(mime => formatters.Where(f => f.MimeType == mime).Take(1))]);
    }

    private sealed record Source(IReadOnlyList<Formatter> Formatters);

    private sealed class Formatter(object target)
    {
        private readonly MethodInfo _format = target.GetType().GetMethod("Format", Members, [typeof(object), typeof(TextWriter)])
            ?? throw new MissingMethodException(target.GetType().FullName, "Format(object, TextWriter)");

        public string MimeType { get; } = (string)target.GetType().GetProperty("MimeType", Members)!.GetValue(target)!;

        public bool Format(object value, TextWriter writer) =>
            (bool)_format.Invoke(target, BindingFlags.DoNotWrapExceptions, null, [value, writer], null)!;
    }
}
