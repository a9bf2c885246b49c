using TorchSharp;
using Zephyr.Checkpoints;
using Zephyr.Model;
using Zephyr.Training;

namespace Zephyr.Recipe;

/// <summary>One optimizer step of a stage, for progress bars.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Step">The step, from 1.</param>
/// <param name="Steps">How many the stage has.</param>
/// <param name="Loss">Training loss of the step.</param>
/// <param name="Tokens">Tokens read since the stage began.</param>
public sealed record StageStep(string Stage, int Step, int Steps, double Loss, long Tokens);

/// <summary>
/// A stage of the recipe whose product is a model. The product is kept as bf16 and always read back from its file, so a model found, shipped or just made
/// has the same weights. A stage that was stopped goes on from its newest checkpoint.
/// </summary>
public sealed class Stage
{
    private readonly RunCache _cache;
    private readonly string? _shippedName;
    private readonly Lazy<IReadOnlyDictionary<string, string>> _made;
    private readonly Func<RunFolder, CancellationToken, (Mistral Model, IEnumerable<StageStep> Steps)> _begin;

    internal Stage(
        string name,
        RunCache cache,
        string? shippedName,
        Func<IReadOnlyDictionary<string, string>> made,
        Func<RunFolder, CancellationToken, (Mistral Model, IEnumerable<StageStep> Steps)> begin)
    {
        (Name, _cache, _shippedName, _begin) = (name, cache, shippedName, begin);
        _made = new(made);
    }

    /// <summary>What the stage is called: "base", "dSFT", "dDPO".</summary>
    public string Name { get; }

    /// <summary>The hash of everything that makes the product; asking for it makes what the stage starts from, where that is not there.</summary>
    public string Key => RunCache.KeyOf(_made.Value);

    /// <summary>Where the product lies, and since when; null where it has to be made.</summary>
    public (string Folder, Origin Origin)? Found => _cache.Find(Key, _shippedName);

    /// <summary>The folder of the product; makes the product first where it is not there.</summary>
    /// <param name="onStep">Told after every step.</param>
    /// <param name="cancelled">Ends between steps; a rerun goes on from there.</param>
    /// <exception cref="OperationCanceledException">Cancelled before the product was whole.</exception>
    public (string Folder, Origin Origin) FindOrMake(Action<StageStep>? onStep = null, CancellationToken cancelled = default)
    {
        if (Found is { } found)
        {
            return found;
        }

        var folder = _cache.RunFolderOf(Key);
        var run = new RunFolder(folder);
        var (model, sequence) = _begin(run, cancelled);
        using (model)
        {
            foreach (var step in sequence)
            {
                onStep?.Invoke(step);
            }

            cancelled.ThrowIfCancellationRequested();
            model.Save(Path.Combine(folder, "model"), torch.ScalarType.BFloat16);
            var steps = run.Logged(); // also those of an earlier process
            var tail = steps.TakeLast(Math.Max(1, steps.Count / 10)).Average(step => step.Loss);
            RunCache.Write(Path.Combine(folder, "model"), new(Name, Key, _made.Value, steps.Count, steps[^1].Tokens, tail));
        }

        return (Path.Combine(folder, "model"), Origin.MadeNow);
    }

    /// <summary>The product, weights in fp32; made first where it is not there. The caller owns it.</summary>
    public Mistral Load(Action<StageStep>? onStep = null, CancellationToken cancelled = default) =>
        Mistral.Load(FindOrMake(onStep, cancelled).Folder, dtype: torch.ScalarType.Float32);

    /// <summary>For a notebook: which model this is and where it came from.</summary>
    public string Describe() => Found switch
    {
        (_, Origin.Shipped) => $"{Name}: shipped with the project.",
        (var folder, _) => $"{Name}: from an earlier run, {folder}.",
        null => $"{Name}: not made yet.",
    };
}
