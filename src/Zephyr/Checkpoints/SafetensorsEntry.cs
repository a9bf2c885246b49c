namespace Zephyr.Checkpoints;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type in the format's spelling: <c>F32</c>, <c>BF16</c> and so on.</param>
/// <param name="Shape">Sizes; empty for a single number.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
public sealed record SafetensorsEntry(string Name, string Type, long[] Shape, long Begin, long End);
