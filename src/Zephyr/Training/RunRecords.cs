using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zephyr.Training;

/// <summary>A text that a model wrote during its training.</summary>
/// <param name="Prompt">What it was asked.</param>
/// <param name="Reply">What it said.</param>
public sealed record RunSample(string Prompt, string Reply);

/// <summary>The checkpoint with the lowest held-out loss so far.</summary>
/// <param name="Step">Its step.</param>
/// <param name="Loss">The loss after it.</param>
/// <param name="HeldOut">Hash of the rows that the loss is over: losses over other rows are not compared with it.</param>
internal sealed record BestCheckpoint(int Step, double Loss, string? HeldOut);

/// <summary>What a run is made from: <c>run.json</c>.</summary>
internal sealed record RunRecord(
    [property: JsonPropertyName("options")] JsonElement Options,
    [property: JsonPropertyName("rows_sha256")] string Rows,
    [property: JsonPropertyName("start_weights_sha256")] string StartWeights,
    [property: JsonPropertyName("reference_sha256")] string? Reference,
    [property: JsonPropertyName("zephyr_version")] string Version);
