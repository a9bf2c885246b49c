using System.Reflection;

namespace Zephyr.Notebooks.Display;

/// <summary>
/// The program that shows cells, found among the loaded assemblies by the names of its types, so that this library depends on none:
/// Zephyr.Kernel, or .NET Interactive, or nothing. A host shows a value and returns what updates it.
/// </summary>
internal static class LiveHost
{
    private const string Ours = "Zephyr.Kernel.CellDisplay";
    private const string Interactive = "Microsoft.DotNet.Interactive.KernelInvocationContext";

    public static CancellationToken Cancelled =>
        Find(Ours)?.GetProperty("Cancelled", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) is CancellationToken token ? token : CancellationToken.None;

    /// <summary>The first host present; the console where there is none.</summary>
    public static Func<object, Action<object>> Find()
    {
        if (Find(Ours)?.GetMethod("Show", BindingFlags.Public | BindingFlags.Static, [typeof(object)]) is { } show)
        {
            var call = show.CreateDelegate<Func<object, object>>();
            return value => UpdateOf(call(value));
        }

        if (Find(Interactive) is { } context
            && context.GetProperty("Current", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) is { } current
            && context.GetMethod("Display", [typeof(object), typeof(string[])]) is { } display)
        {
            var call = display.CreateDelegate<Func<object, string[], object>>(current);
            return value => UpdateOf(call(value, []));
        }

        return OnConsole(Console.Out);
    }

    /// <summary>Nothing at first; then each state as text. <see cref="Live"/> sends at least the last.</summary>
    public static Func<object, Action<object>> OnConsole(TextWriter console) => _ => value => console.WriteLine(value.ToString());

    private static Action<object> UpdateOf(object handle) =>
        handle.GetType().GetMethod("Update", [typeof(object)]) is { } update
            ? update.CreateDelegate<Action<object>>(handle)
            : throw new MissingMethodException(handle.GetType().FullName, "Update(object)");

    private static Type? Find(string name) =>
        AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(name)).FirstOrDefault(type => type is not null);
}
