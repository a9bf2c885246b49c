using Zephyr.Benchmarks;

// dotnet run -c Release --project tests/Zephyr.Benchmarks -- sft-step [--threads N] [--rounds N]
return args.FirstOrDefault() switch
{
    "sft-step" => SftStepRatio.Run(Words.Number(args, "--threads", 1), Words.Number(args, "--rounds", 5)),
    _ => Words.Help(),
};
