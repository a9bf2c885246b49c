namespace Zephyr.Benchmarks;

internal static class Words
{
    public static int Number(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], System.Globalization.CultureInfo.InvariantCulture) : otherwise;

    public static int Help()
    {
        Console.WriteLine("""
            WHAT [--threads N] [--rounds N], where WHAT is
              sft-step       a dSFT step at the Bench shape against the best product of the same process
              ladder         the same from plain TorchSharp modules upwards, one technique a row: tokens/s, share of peak, peak memory
              checkpointing  blocks run again in the backward pass against blocks kept: time and peak memory
              dpo-step       a dDPO step, reference cached or run, against a dSFT step over the same rows
              preflight      memory and time as Preflight predicts them beside what is measured
              host-share     what a step costs beside its arithmetic
              kernel         what a reader of notebooks waits for: ready, cells, completion, interrupts; and resident memory
              kernel-cells   what thousands of cells leave in a kernel (--rounds: thousands of each kind)
            """);
        return 2;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
