namespace Zephyr.Model;

/// <summary>What all adapters of a model share.</summary>
/// <param name="options">How they were made.</param>
internal sealed class AdapterSwitch(LoraOptions options)
{
    public LoraOptions Options { get; } = options;

    public bool IsOn { get; private set; } = true;

    /// <summary>The trainer's step and batch under way; null outside.</summary>
    public (int Step, int Batch)? Pass { get; private set; }

    /// <summary>sha256 of what stands still beside the adapters; computed when it is first asked for.</summary>
    public string? FrozenHash { get; set; }

    /// <summary>Off until the result is disposed; nests.</summary>
    public IDisposable Off()
    {
        var before = IsOn;
        IsOn = false;
        return new Restored(() => IsOn = before);
    }

    /// <summary>Dropout as of a trainer's pass until the result is disposed.</summary>
    public IDisposable During(int step, int batch)
    {
        Pass = (step, batch);
        return new Restored(() => Pass = null);
    }

    private sealed class Restored(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
