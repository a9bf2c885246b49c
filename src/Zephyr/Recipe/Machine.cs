namespace Zephyr.Recipe;

/// <summary>A machine to train on: what <see cref="Preflight"/> needs to know of it.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="MemoryBytes">Memory for the training process, bytes.</param>
/// <param name="PeakFlops">Floating-point operations a second of the best matrix product, in the type that is trained in.</param>
/// <param name="Efficiency">Share of the peak that a training step reaches, with its evidence.</param>
/// <param name="KeepsScores">Whether attention keeps its table of scores for the backward pass, as the folded form on a CPU does; fused kernels on cards do not.</param>
/// <param name="FrameworkBytes">What the process holds besides tensors.</param>
public sealed record Machine(string Name, long MemoryBytes, double PeakFlops, Sourced<double> Efficiency, bool KeepsScores, long FrameworkBytes)
{
    private const long MiB = 1L << 20;
    private const long CardOverhead = 1536 * MiB; // context, kernels, workspaces and the allocator's rounding

    /// <summary>RTX 4090: 24,564 MiB, 165 TFLOP/s in bf16 with fp32 sums (the maker's data sheet).</summary>
    public static Machine Card24 { get; } = Card("24 GB card (RTX 4090)", 24_564, 165e12);

    /// <summary>A100: 81,920 MiB, 312 TFLOP/s in bf16 (data sheet).</summary>
    public static Machine Card80 { get; } = Card("80 GB card (A100)", 81_920, 312e12);

    /// <summary>H200: 143,771 MiB, 989 TFLOP/s in bf16 (data sheet).</summary>
    public static Machine Card141 { get; } = Card("141 GB card (H200)", 143_771, 989e12);

    /// <summary>A laptop of eight cores with AVX2 and 16 GiB, products in fp32.</summary>
    public static Machine Laptop { get; } = new(
        "laptop CPU (8 cores, 16 GiB)",
        16_384 * MiB,
        0.5e12,
        From.Measured(0.49, "this kit's dSFT step on two cores in fp32: notebooks/LOG.md, Speed"),
        KeepsScores: true,
        400 * MiB);

    /// <summary>This machine: its memory as the runtime sees it, and the best product of a measurement of about a second.</summary>
    /// <param name="peakFlops">A peak measured before (<see cref="ProductProbe"/>).</param>
    public static Machine This(double peakFlops) => new(
        $"this machine ({Environment.ProcessorCount} cores)",
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        peakFlops,
        From.Measured(0.48, "between the 41 % (bf16, two threads) and 59 % (fp32, one thread) of notebooks/LOG.md, 2026-11-29"),
        KeepsScores: true,
        400 * MiB);

    private static Machine Card(string name, long mebibytes, double peak) => new(
        name,
        mebibytes * MiB,
        peak,
        From.Inferred(0.28, "alignment-handbook's zephyr-7b-sft-full: 1,090 steps of 128 rows of 2,048 tokens in 5,608 s on 8 cards of 989 TFLOP/s; this kit was never run on a card"),
        KeepsScores: false,
        CardOverhead);
}
