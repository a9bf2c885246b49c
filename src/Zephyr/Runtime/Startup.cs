using TorchSharp;

namespace Zephyr.Runtime;

/// <summary>Brings the native library up, once a process, before the first tensor.</summary>
public static class Startup
{
    private static readonly Lock Gate = new();
    private static RuntimeReport? _report;

    /// <summary>What was chosen; starts with the defaults if nothing has started yet.</summary>
    public static RuntimeReport Report => Start();

    /// <summary>Loads the natives, sets threads, waiting, allocator and precision, and checks every shortcut. Later calls change nothing.</summary>
    /// <param name="options">How; <c>null</c> is the defaults. Ignored once started.</param>
    /// <returns>What was chosen, and why.</returns>
    public static RuntimeReport Start(RuntimeOptions? options = null)
    {
        lock (Gate)
        {
            return _report ??= StartOnce(options ?? new RuntimeOptions());
        }
    }

    private static RuntimeReport StartOnce(RuntimeOptions options)
    {
        var choices = new List<RuntimeChoice>();
        choices.AddRange(HostSettings.BeforeTorch());
        choices.Add(Natives.Load());

        var threads = options.Threads ?? Environment.ProcessorCount;
        torch.set_num_threads(threads);
        choices.Add(Precision.Choose(options.FastProducts));
        choices.AddRange(SelfCheck.All(options));
        var device = torch.cuda.is_available() ? "cuda" : "cpu";
        return new(threads, device, choices);
    }
}
