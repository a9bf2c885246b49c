using Zephyr.Benchmarks;

// dotnet run -c Release --project tests/Zephyr.Benchmarks -- WHAT [--threads N] [--rounds N]
var (threads, rounds) = (Words.Number(args, "--threads", 1), Words.Number(args, "--rounds", 5));
return args.FirstOrDefault() switch
{
    "sft-step" => SftStepRatio.Run(threads, rounds),
    "ladder" => Ladder.Run(threads, rounds),
    "checkpointing" => StepRatios.Checkpointing(threads, rounds),
    "dpo-step" => StepRatios.Dpo(threads, rounds),
    "host-share" => StepRatios.HostShare(threads, rounds),
    "preflight" => PreflightCheck.Run(threads, rounds),
    "kernel" => KernelTimes.OfBuilt(kernel => KernelTimes.Run(kernel, rounds)),
    "kernel-cells" => KernelTimes.OfBuilt(kernel => KernelCells.Run(kernel, rounds)), // thousands of cells
    _ => Words.Help(),
};
