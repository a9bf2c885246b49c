using Zephyr.Model;
using Zephyr.Recipe;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Benchmarks;

/// <summary>Predicted beside measured: memory (tensors only, so the framework counts as nothing) and seconds, at the Bench shape in four ways.</summary>
internal static class PreflightCheck
{
    public static int Run(int threads, int rounds)
    {
        Bench.Announce(threads);
        var peaks = Bench.Types.ToDictionary(type => type, type => ProductProbe.Measure(type));
        foreach (var (form, again) in new[] { (WeightForm.Plain, false), (WeightForm.Plain, true), (WeightForm.Masters, false), (WeightForm.Masters, true) })
        {
            var compute = form == WeightForm.Plain ? ScalarType.Float32 : ScalarType.BFloat16;
            if (!Bench.Types.Contains(compute))
            {
                continue;
            }

            var plan = new TrainingPlan
            {
                Name = $"Bench, {compute}{(again ? ", blocks run again" : "")}",
                Model = MistralConfig.Bench,
                Weights = form,
                Rows = Bench.Batch,
                RowLength = Bench.Time,
                RowsAStep = 2 * Bench.Batch,
                TotalRows = 1000L * Bench.Batch,
                Memory = new() { RecomputeBlocks = again },
            };
            var before = NativeMemory.InUse ?? 0;
            var model = Mistral.Random(plan.Model, 1);
            model.ComputeType = compute;
            var step = Bench.Trainer(model, Bench.Rows(plan.Model.VocabSize), Bench.Options() with { Accumulation = 2 }, plan.Memory);
            step();
            var peak = MemoryWatch.Peak(step) - before;
            var seconds = Bench.InTurns(rounds, 1, step)[0];
            Console.WriteLine(Preflight.Of(plan, Machine.This(peaks[compute]) with { FrameworkBytes = 0 }).ToText(new(peak, seconds)));
        }

        return 0;
    }
}
