namespace Zephyr.Runtime;

/// <summary>How the native library is set up, once a process. The first start decides.</summary>
public sealed record RuntimeOptions
{
    /// <summary>Every bit repeatable: one thread, plain fp32 products, no shortcut that depends on the processor. For tests of exactness.</summary>
    public static RuntimeOptions Exact { get; } = new() { Threads = 1, FastProducts = false };

    /// <summary>Threads of one operation; <c>null</c> is every core.</summary>
    public int? Threads { get; init; }

    /// <summary>Take the faster fp32 product where the start-up check finds it within 1e-5 of the plain one, and the managed kernels where the processor has the registers for them.</summary>
    public bool FastProducts { get; init; } = true;

    /// <summary>Use the native shortcuts that pass the start-up check; otherwise the plain operations everywhere.</summary>
    public bool Shortcuts { get; init; } = true;
}
