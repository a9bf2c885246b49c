namespace Zephyr.Notebooks.Display;

/// <summary>
/// Tells a notebook kernel how to show a type. Kernels find it by its name, so nothing here refers to any kernel and any kernel may honour it.
/// </summary>
/// <param name="formatterSourceType">A type with a parameterless constructor and <c>IEnumerable&lt;object&gt; CreateTypeFormatters()</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>Makes the formatters.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>What goes into one bundle, richest first.</summary>
    public string[] PreferredMimeTypes { get; set; } = [];
}
