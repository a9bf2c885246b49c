using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Zephyr.Checkpoints;
using Zephyr.Data;
using Zephyr.Files;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>What a trainer needs, besides weights and optimizer, to go on as if it had not been stopped. Position and rate follow from the step.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="Tokens">Tokens read.</param>
/// <param name="Options">The options, as JSON: another run's checkpoint is refused.</param>
/// <param name="Rows">sha256 of the training rows.</param>
/// <param name="Reference">sha256 of the frozen reference; null for a run without one.</param>
/// <param name="Record">The step's record as JSON, not yet evaluated: it is logged after the checkpoint, by the next process if this one ends in between.</param>
internal sealed record TrainingState(int Step, long Tokens, string Options, string Rows, string? Reference = null, string? Record = null)
{
    private const string StateFile = "trainer.json", OptimizerFile = "optimizer.safetensors", WeightsFile = "model.safetensors";

    /// <summary>For a run of adapters: how they were made and what they stand beside, which the checkpoint does not hold.</summary>
    public string? Adapters { get; init; }

    /// <summary>Type of the products; null in a checkpoint of an earlier release, which is not refused for it.</summary>
    public string? Compute { get; init; }

    /// <summary>Writes weights (a folder that <c>Mistral.Load</c> reads, or <c>LoadAdapters</c>), optimizer and state.</summary>
    public void Save(RunFolder run, Mistral model, IOptimizer optimizer) => CheckpointFolder.Write(
        run.Checkpoints,
        Step,
        folder =>
        {
            if (model.Lora is null)
            {
                model.Save(folder);
            }
            else
            {
                model.SaveAdapters(folder);
            }

            Safetensors.Write(Path.Combine(folder, OptimizerFile), optimizer.State);
            var state = this with { Adapters = AdapterIdentity.Of(model), Compute = model.ComputeType.ToString() };
            AtomicFile.Write(Path.Combine(folder, StateFile), JsonSerializer.Serialize(state));
        });

    /// <summary>Puts a checkpoint's numbers into the model and the optimizer.</summary>
    /// <exception cref="InvalidDataException">The checkpoint was made with other options, rows or sizes.</exception>
    public static TrainingState Load(string folder, Mistral model, IOptimizer optimizer, TrainingState expected)
    {
        var state = JsonSerializer.Deserialize<TrainingState>(File.ReadAllText(Path.Combine(folder, StateFile)))
            ?? throw new InvalidDataException($"{folder}: {StateFile} is empty.");
        Check(folder, "options", state.Options, expected.Options);
        Check(folder, "training rows", state.Rows, expected.Rows);
        Check(folder, "reference weights", state.Reference ?? "unknown", state.Reference is null ? "unknown" : expected.Reference ?? "none");
        Check(folder, "products", state.Compute ?? "unknown", state.Compute is null ? "unknown" : model.ComputeType.ToString());
        Check(folder, "adapters or base weights", state.Adapters ?? "none", AdapterIdentity.Of(model) ?? "none");
        Fill(
            Path.Combine(folder, model.Lora is null ? WeightsFile : AdapterCheckpoint.WeightsFile),
            model.Lora is null ? model.named_parameters().ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter) : AdapterCheckpoint.Tensors(model));
        Fill(Path.Combine(folder, OptimizerFile), optimizer.State);
        optimizer.Steps = state.Step;
        return state;
    }

    /// <summary>sha256 of rows: ids, masks and documents.</summary>
    public static string HashOf(IEnumerable<TokenizedExample> rows) => HashOf(
        rows.SelectMany(row => new[] { row.Ids, [.. row.Learned.Select(learned => learned ? 1 : 0)], [.. row.Documents ?? []] }.Concat(Marks(row.Seen))));

    /// <summary>sha256 of pairs.</summary>
    public static string HashOf(IEnumerable<TokenizedPair> pairs) => HashOf(pairs.SelectMany(pair => new[] { pair.Prompt, pair.Chosen, pair.Rejected }
        .Concat(pair.Seen is { } seen ? Marks([.. seen.Prompt, .. seen.Chosen, .. seen.Rejected]) : [])));

    private static int[][] Marks(bool[]? seen) => seen is null ? [] : [[.. seen.Select(mark => mark ? 1 : 0)]];

    private static string HashOf(IEnumerable<int[]> sequences)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var sequence in sequences)
        {
            hash.AppendData(BitConverter.GetBytes(sequence.Length));
            hash.AppendData(MemoryMarshal.AsBytes(sequence.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Check(string folder, string what, string found, string expected)
    {
        if (found != expected)
        {
            throw new InvalidDataException($"{folder} was written with other {what}: {found} there, {expected} here. Resume with the same ones, or give the run a folder of its own.");
        }
    }

    private static void Fill(string path, IReadOnlyDictionary<string, Tensor> targets)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var found = Safetensors.Read(path);
        if (targets.Keys.Except(found.Keys).Concat(found.Keys.Except(targets.Keys)).ToArray() is [var first, ..] others)
        {
            throw new InvalidDataException($"{path} and this run differ in {others.Length} tensors, first \"{first}\".");
        }

        foreach (var (name, target) in targets)
        {
            if (!found[name].shape.SequenceEqual(target.shape) || found[name].dtype != target.dtype)
            {
                throw new InvalidDataException(
                    $"{path}: {name} is {found[name].dtype} [{string.Join(", ", found[name].shape)}] in the file, {target.dtype} [{string.Join(", ", target.shape)}] here.");
            }

            target.copy_(found[name]);
        }
    }
}
