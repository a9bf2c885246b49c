using System.Text.Json;
using Zephyr.Checkpoints;
using Zephyr.Data;
using Zephyr.Losses;
using Zephyr.Model;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>
/// Supervised fine-tuning (dSFT): pull a step, and one optimizer step has happened, on the caller's thread. Also trains a model from random weights on
/// plain documents.
/// </summary>
/// <remarks>Source: Tunstall et al. 2023, section 3, step 1.</remarks>
public sealed class SftTrainer
{
    private readonly Mistral _model;
    private readonly IReadOnlyList<TokenizedExample> _rows;
    private readonly SftOptions _options;
    private readonly IOptimizer _optimizer;
    private readonly int _stepsPerEpoch;
    private readonly TrainingLoop<SftStep> _loop;
    private string? _heldOutHash;

    /// <summary>A trainer at step 0.</summary>
    /// <param name="model">The model; its weights change as steps are pulled.</param>
    /// <param name="rows">Training rows, packed or not.</param>
    /// <param name="options">The run's numbers.</param>
    /// <exception cref="ArgumentException">There are no rows, or one has no token to learn from.</exception>
    public SftTrainer(Mistral model, IReadOnlyList<TokenizedExample> rows, SftOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        (_model, _rows, _options) = (model, rows, options);
        for (var row = 0; row < rows.Count; row++)
        {
            if (!rows[row].Targets().Any())
            {
                throw new ArgumentException($"Row {row} of {rows.Count} ({rows[row].Ids.Length} tokens) has no token to learn from: leave it out, or look at its mask.", nameof(rows));
            }
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.EvaluateEvery ?? 1, 1, nameof(options.EvaluateEvery));
        _stepsPerEpoch = DataOrder.StepsPerEpoch(rows.Count, options.BatchSize, options.Accumulation);
        Steps = options.Steps ?? options.Epochs * _stepsPerEpoch;
        _optimizer = Optimizers.Of(model, options.Optimizer);
        _loop = new(model, _optimizer, () => new(0, 0, JsonSerializer.Serialize(options), TrainingState.HashOf(rows)), Steps);
    }

    /// <summary>Rows that are evaluated on and never trained on.</summary>
    public IReadOnlyList<TokenizedExample> HeldOut { get; init; } = [];

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
    /// <exception cref="InvalidDataException">The checkpoint is of other options or rows, or none of several is whole.</exception>
    public FoundCheckpoint? Resume() => _loop.Resume();

    /// <summary>The steps not yet made, one by one as they are pulled. Stop pulling at any time, and pull again to go on.</summary>
    /// <param name="cancelled">Looked at between steps: the step under way ends, is saved where there is a <see cref="Run"/>, and the sequence ends.</param>
    /// <exception cref="InvalidOperationException">An earlier step was interrupted inside, so that the weights are torn.</exception>
    /// <exception cref="NotFiniteNumberException">A loss or gradient is not finite; the message says where it came from.</exception>
    public IEnumerable<SftStep> Train(CancellationToken cancelled = default) => _loop.Train(Step, HeldOut.Count > 0 ? Evaluate : null, _options.EvaluateEvery, cancelled);

    private HeldOutResult<SftStep> Evaluate(SftStep made)
    {
        var heldOut = SftEvaluation.Of(_model, HeldOut, _options.BatchSize, _options.PadId);
        return new(made with { HeldOut = heldOut }, heldOut.Loss, _heldOutHash ??= TrainingState.HashOf(HeldOut));
    }

    private SftStep Step(int number)
    {
        using var scope = NewDisposeScope();
        var chosen = DataOrder.Step(_rows.Count, _options.Seed, number, _options.BatchSize, _options.Accumulation);
        var batches = chosen.Select(rows => SftBatch.Of([.. rows.Select(row => _rows[row])], _model.Device, _options.PadId)).ToList();
        var learned = batches.Sum(batch => batch.Learned.Count);

        _model.zero_grad();
        var sums = Accumulate(number, batches, learned);
        var norm = nn.utils.clip_grad_norm_(_model.parameters(), _options.ClipNorm ?? double.PositiveInfinity);
        var totals = sums.Doubles();
        if (!double.IsFinite(totals[0]) || !double.IsFinite(norm))
        {
            throw NonFinite.Error(number, _model, batches.Zip(chosen), totals[0], () => Accumulate(number, batches, learned), _loop.Resumption());
        }

        var rate = _options.LearningRate.At(number, Steps);
        _optimizer.Step(rate);
        _loop.Moved(number, batches.Sum(batch => batch.Tokens));
        return new()
        {
            Step = number,
            Epoch = (double)number / _stepsPerEpoch,
            Loss = totals[0] / learned,
            LearningRate = rate,
            GradientNorm = norm,
            Tokens = _loop.Tokens,
            Entropy = _options.TokenMetrics ? totals[1] / learned : null,
            Accuracy = _options.TokenMetrics ? totals[2] / learned : null,
        };
    }

    private Tensor Accumulate(int number, List<SftBatch> batches, int learned)
    {
        var sums = zeros(3, ScalarType.Float64);
        foreach (var (index, batch) in batches.Index())
        {
            using var pass = _model.TrainingPass(number, index);
            sums.add_(Accumulate(batch, learned), Scalars.Of(1));
        }

        return sums;
    }

    /// <summary>Adds a batch's share of the gradient of the mean over all the step's tokens.</summary>
    /// <returns>Sums over the batch's tokens: nats, entropy, right predictions, <c>[3]</c>.</returns>
    private Tensor Accumulate(SftBatch batch, int learned)
    {
        using var scope = NewDisposeScope();
        var scores = TokenScores.Of(_model, batch, _options.TokenMetrics, Memory);
        scores.Differentiate(SftLoss.Compute(scores.LogProbs, learned));
        return scores.Sums().MoveToOuterDisposeScope();
    }
}
