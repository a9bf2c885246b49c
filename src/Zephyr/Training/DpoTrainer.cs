using System.Text.Json;
using Zephyr.Checkpoints;
using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>Direct preference optimisation (dDPO): pull a step, and one optimizer step has happened, on the caller's thread.</summary>
/// <remarks>Source: Tunstall et al. 2023, section 3, step 3: the frozen model's log-probabilities, the policy's, the loss, backward, repeat.</remarks>
public sealed class DpoTrainer
{
    private readonly Mistral _policy;
    private readonly IReference? _reference;
    private readonly IReadOnlyList<TokenizedPair> _pairs;
    private readonly DpoOptions _options;
    private readonly IOptimizer _optimizer;
    private readonly TrainingLoop<DpoStep> _loop;
    private string? _heldOutHash;
    private readonly int _stepsPerEpoch;

    /// <summary>A trainer at step 0.</summary>
    /// <param name="policy">The model to train, as a rule a copy of the reference; its weights change as steps are pulled.</param>
    /// <param name="reference">The frozen dSFT model: its numbers (<see cref="ReferenceLogProbs"/>) or the model itself (<see cref="FrozenReference"/>). Null where no loss of the run needs one (SimPO, ORPO): rewards are then β times nats per token.</param>
    /// <param name="pairs">Training pairs; <see cref="TokenizedPair.Truncate"/> cuts those that are too long.</param>
    /// <param name="options">The run's numbers.</param>
    /// <exception cref="ArgumentException">There are no pairs, one lacks a prompt or a response, or options and reference do not fit: the message names both.</exception>
    public DpoTrainer(Mistral policy, IReference? reference, IReadOnlyList<TokenizedPair> pairs, DpoOptions options)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(options);
        (_policy, _reference, _pairs, _options) = (policy, reference, pairs, options);
        options.Check(reference);
        for (var pair = 0; pair < pairs.Count; pair++)
        {
            if (pairs[pair] is var (prompt, chosen, rejected) && (prompt.Length == 0 || chosen.Length == 0 || rejected.Length == 0))
            {
                throw new ArgumentException(
                    $"Pair {pair} of {pairs.Count} has a prompt of {prompt.Length}, a chosen response of {chosen.Length} and a rejected one of {rejected.Length} tokens: each needs at least one.",
                    nameof(pairs));
            }
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.EvaluateEvery ?? 1, 1, nameof(options.EvaluateEvery));
        _stepsPerEpoch = DataOrder.StepsPerEpoch(pairs.Count, options.BatchSize, options.Accumulation);
        Steps = options.Steps ?? options.Epochs * _stepsPerEpoch;
        _optimizer = Optimizers.Of(policy, options.Optimizer);
        _loop = new(policy, _optimizer, () => new(0, 0, JsonSerializer.Serialize(options), TrainingState.HashOf(pairs), reference?.Lineage), Steps);
    }

    /// <summary>Pairs that are evaluated on and never trained on; the reference must know them too.</summary>
    public IReadOnlyList<TokenizedPair> HeldOut { get; init; } = [];

    /// <summary>What a step holds in memory; changes no number beyond rounding.</summary>
    public MemoryOptions Memory { get; init; } = new();

    /// <summary>Where the run keeps its step log and checkpoints; null keeps nothing.</summary>
    public RunFolder? Run
    {
        get => _loop.Run;
        init => _loop.Run = value;
    }

    /// <summary>Lets the model write whenever it is evaluated; what it wrote goes into the run's sample log. Null for no samples.</summary>
    public Func<IReadOnlyList<RunSample>>? Samples
    {
        get => _loop.Samples;
        init => _loop.Samples = value;
    }

    /// <summary>How many optimizer steps the run has.</summary>
    public int Steps { get; }

    /// <summary>How many of them have been made.</summary>
    public int StepsMade => _loop.Made;

    /// <summary>Goes on from the newest whole checkpoint of <see cref="Run"/>, bit for bit as if the run had not been stopped (on a CPU).</summary>
    /// <returns>The checkpoint; null where there is none, and the run begins at step 1.</returns>
    /// <exception cref="InvalidDataException">The checkpoint is of other options or pairs, or none of several is whole.</exception>
    public FoundCheckpoint? Resume() => _loop.Resume();

    /// <summary>The steps not yet made, one by one as they are pulled. Stop pulling at any time, and pull again to go on.</summary>
    /// <param name="cancelled">Looked at between steps: the step under way ends, is saved where there is a <see cref="Run"/>, and the sequence ends.</param>
    /// <exception cref="InvalidOperationException">An earlier step was interrupted inside, so that the weights are torn.</exception>
    /// <exception cref="NotFiniteNumberException">A loss or gradient is not finite; the message says where it came from.</exception>
    public IEnumerable<DpoStep> Train(CancellationToken cancelled = default) => _loop.Train(Step, HeldOut.Count > 0 ? Evaluate : null, _options.EvaluateEvery, cancelled);

    private HeldOutResult<DpoStep> Evaluate(DpoStep made)
    {
        var heldOut = DpoEvaluation.Of(_policy, _reference, HeldOut, _options);
        return new(made with { HeldOut = heldOut }, heldOut.Loss, _heldOutHash ??= TrainingState.HashOf(HeldOut));
    }

    private DpoStep Step(int number)
    {
        using var scope = NewDisposeScope();
        var chosen = DataOrder.Step(_pairs.Count, _options.Seed, number, _options.BatchSize, _options.Accumulation);
        var parts = chosen.Select(rows => rows.Select(row => _pairs[row]).ToList()).ToList();
        var batches = parts.Select(part => PairBatch.Of(part, _policy.Device, _options.PadId)).ToList();

        _policy.zero_grad();
        var sums = new DpoSums(_options.TokenMetrics);
        Accumulate(parts, batches, sums);
        var norm = nn.utils.clip_grad_norm_(_policy.parameters(), _options.ClipNorm ?? double.PositiveInfinity);
        if (!double.IsFinite(sums.Losses) || !double.IsFinite(norm))
        {
            throw NonFinite.Error(number, _policy, batches.Select(batch => batch.Rows).Zip(chosen), sums.Losses, () => Accumulate(parts, batches, new(_options.TokenMetrics)), _loop.Resumption());
        }

        var rate = _options.LearningRate.At(number, Steps);
        _optimizer.Step(rate);
        _loop.Moved(number, batches.Sum(batch => batch.Rows.Tokens));
        return new(sums.Means())
        {
            Step = number,
            Epoch = (double)number / _stepsPerEpoch,
            Loss = sums.Losses / batches.Count,
            LearningRate = rate,
            GradientNorm = norm,
            Tokens = _loop.Tokens,
        };
    }

    private void Accumulate(List<List<TokenizedPair>> parts, List<PairBatch> batches, DpoSums sums)
    {
        foreach (var (part, batch) in parts.Zip(batches))
        {
            Accumulate(part, batch, 1.0 / batches.Count, sums);
        }
    }

    /// <summary>Adds a batch's share of the gradient, and its numbers to the sums.</summary>
    private void Accumulate(List<TokenizedPair> pairs, PairBatch batch, double share, DpoSums sums)
    {
        using var scope = NewDisposeScope();
        var policy = PairScores.Of(_policy, batch, _options.TokenMetrics, _options.LengthDesensitization, _options.PolicyWeighting, Memory);
        var (loss, rewards) = PreferenceLosses.Of(_options, policy, _reference?.Of(pairs, batch));
        policy.Tokens.Differentiate(loss.Times(share));
        sums.Add(loss, policy, rewards);
    }
}
