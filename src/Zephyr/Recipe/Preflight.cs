using System.Globalization;
using System.Text;
using Zephyr.Training;

namespace Zephyr.Recipe;

/// <summary>A part of a plan's memory.</summary>
/// <param name="Name">Which: weights, gradients, optimizer, activations, logits, reference or framework.</param>
/// <param name="Bytes">How much at the fullest moment of a step.</param>
/// <param name="Words">What it is made of.</param>
public sealed record MemoryPart(string Name, long Bytes, string Words);

/// <summary>What was found when a plan was run.</summary>
/// <param name="PeakBytes">Most memory of the process at a time; null where it was not measured.</param>
/// <param name="SecondsAStep">Seconds an optimizer step; null likewise.</param>
public sealed record PlanMeasured(long? PeakBytes, double? SecondsAStep);

/// <summary>
/// What a training run will need, before it is begun: memory by part, seconds a step, time in all, disk. Memory is counted from the shapes (what the backward pass needs
/// of the forward pass, the optimizer's means, the logits that exist at a time); time is the products' floating-point operations over the machine's best product and the
/// share of it that training reaches. Memory is that of a step that accumulates; without accumulation gradients come as activations go, and a step needs less.
/// </summary>
public sealed record Preflight
{
    private Preflight(TrainingPlan plan, Machine machine)
    {
        (Plan, Machine) = (plan, machine);
        var shapes = new ShapeCount(plan, machine.KeepsScores);
        Parts = PartsOf(plan, machine, shapes);
        SecondsAStep = shapes.FlopsPerToken * plan.RowsAStep * plan.RowLength / (machine.PeakFlops * machine.Efficiency.Value);
        DiskBytes = shapes.ModelBytes + ((plan.Checkpoints + 1) * shapes.Trained * shapes.TrainedSize * (1 + MeansOf(plan)));
    }

    /// <summary>The plan.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>The machine.</summary>
    public Machine Machine { get; }

    /// <summary>Memory by part.</summary>
    public IReadOnlyList<MemoryPart> Parts { get; }

    /// <summary>All parts together, bytes.</summary>
    public long MemoryBytes => Parts.Sum(part => part.Bytes);

    /// <summary>Whether the machine has that much.</summary>
    public bool Fits => MemoryBytes <= Machine.MemoryBytes;

    /// <summary>Seconds an optimizer step.</summary>
    public double SecondsAStep { get; }

    /// <summary>Optimizer steps of the run.</summary>
    public long Steps => (Plan.TotalRows + Plan.RowsAStep - 1) / Plan.RowsAStep;

    /// <summary>Time of the whole run.</summary>
    public TimeSpan Time => TimeSpan.FromSeconds(Math.Min(SecondsAStep * Steps, TimeSpan.MaxValue.TotalSeconds / 2));

    /// <summary>Model files and checkpoints (weights and optimizer of what is trained), bytes.</summary>
    public long DiskBytes { get; }

    /// <summary>Predicts.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="machine">Where.</param>
    /// <exception cref="ArgumentException">The plan cannot be trained: whole weights in NF4.</exception>
    public static Preflight Of(TrainingPlan plan, Machine machine)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(machine);
        plan.Model.Validated();
        return plan is { Weights: WeightForm.Nf4, AdapterRank: null }
            ? throw new ArgumentException($"{plan.Name}: weights in NF4 cannot be trained themselves. Give AdapterRank, or another form of weights.", nameof(plan))
            : new(plan, machine);
    }

    /// <summary>Predicted, beside what was measured where that is given, as a Markdown table.</summary>
    /// <param name="measured">What was found; null before the run.</param>
    public string ToText(PlanMeasured? measured = null)
    {
        var text = new StringBuilder($"{Plan.Name}, on {Machine.Name}\n\n| part | predicted | made of |\n| --- | --- | --- |\n");
        foreach (var part in Parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {part.Name} | {Size(part.Bytes)} | {part.Words} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"| **memory** | **{Size(MemoryBytes)}** | of {Size(Machine.MemoryBytes)}: {(Fits ? "fits" : "does not fit")}{Found(measured?.PeakBytes, Size, MemoryBytes)} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| a step | {SecondsAStep:G3} s | {Machine.PeakFlops / 1e12:G3} TFLOP/s x {Machine.Efficiency.Value:P0} ({Machine.Efficiency.Source}){Found(measured?.SecondsAStep, s => $"{s:G3} s", SecondsAStep)} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| {Steps:N0} steps | {Time.TotalHours:N1} h | {Plan.RowsAStep} rows of {Plan.RowLength:N0} tokens each |\n");
        text.Append(CultureInfo.InvariantCulture, $"| disk | {Size(DiskBytes)} | model, and {Plan.Checkpoints} + 1 checkpoints |\n");
        return text.Append(Plan.WhyNotSmaller is null ? "" : $"\n{Plan.WhyNotSmaller}\n").ToString();
    }

    private static List<MemoryPart> PartsOf(TrainingPlan plan, Machine machine, ShapeCount shapes)
    {
        var (again, layers) = (plan.Memory.RecomputeBlocks, plan.Model.Layers);
        var inputs = shapes.Tokens * plan.Model.HiddenSize * shapes.StreamSize;
        var work = shapes.BlockWork + (again ? shapes.BlockActivations + shapes.BlockCasts : 0);
        var held = again ? layers * inputs : layers * (shapes.BlockActivations + shapes.BlockCasts);
        var trained = plan.AdapterRank is { } rank ? $"adapters of rank {rank}" : "all weights";
        return
        [
            new("weights", shapes.ModelBytes + (plan.AdapterRank is null ? 0 : 4 * shapes.Adapters), $"{plan.Model.ParameterCount:N0} in {Form(plan.Weights)}{(plan.AdapterRank is null ? "" : $", {trained}: {shapes.Adapters:N0} in fp32")}"),
            new("gradients", shapes.Trained * shapes.TrainedSize, $"of {trained}, {8 * shapes.TrainedSize}-bit"),
            new("optimizer", shapes.Trained * shapes.TrainedSize * MeansOf(plan), $"{plan.Optimizer}: {MeansOf(plan)} number(s) a trained weight"),
            new("activations", held + Math.Max(0, work - shapes.Logits), again ? $"{layers} block inputs of {shapes.Tokens:N0} tokens, and one block while it is run again" : $"{layers} blocks of {shapes.Tokens:N0} tokens"),
            new("logits", shapes.Logits, $"{plan.Memory.TokensAtOnce((int)shapes.Tokens, plan.Model.VocabSize):N0} tokens at a time over {plan.Model.VocabSize:N0} pieces"),
            new("reference", plan.HoldsReference ? shapes.ModelBytes : 0, plan.HoldsReference ? "a second model" : "none held: its numbers are computed before, or are the model's own without adapters"),
            new("framework", machine.FrameworkBytes, "runtime, libraries, workspaces"),
        ];
    }

    private static int MeansOf(TrainingPlan plan) => plan.Optimizer == OptimizerRule.AdamW ? 2 : 1;

    private static string Form(WeightForm form) => form switch
    {
        WeightForm.Plain => "fp32",
        WeightForm.Masters => "fp32, products in bf16",
        WeightForm.Half => "bf16",
        _ => "NF4 with double quantisation (embedding, head and norms in bf16)",
    };

    private static string Found<T>(T? value, Func<T, string> write, double predicted)
        where T : struct, IConvertible => value is { } found
            ? $"; measured {write(found)}, {(found.ToDouble(CultureInfo.InvariantCulture) / predicted).ToString("P0", CultureInfo.InvariantCulture)} of it"
            : "";

    private static string Size(long bytes) => bytes >= 1_000_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:N1} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N0} MB");
}
