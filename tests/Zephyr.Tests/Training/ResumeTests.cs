using System.Text.Json;
using Zephyr.Checkpoints;
using Zephyr.Model;
using Zephyr.Rows;
using Zephyr.Training;

namespace Zephyr.Tests.Training;

/// <summary>A run stopped anywhere and gone on with ends in the same bits and the same log.</summary>
public class ResumeTests
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Sft_stopped_at_random_steps_ends_in_the_same_bits(ulong seed)
    {
        using var whole = new TemporaryFolder();
        using var broken = new TemporaryFolder();
        var options = SmallRuns.Sft with { Steps = 30, EvaluateEvery = 7 };
        RunFolder Run(TemporaryFolder folder) => new(folder.At()) { CheckpointEvery = 3 };
        var expected = SmallRuns.Model();
        foreach (var _ in SmallRuns.SftTrainer(expected, Run(whole), options).Train(None))
        {
        }

        var random = new SplitMix(seed);
        Mistral model;
        SftTrainer trainer;
        do
        {
            // What a new process does: model and trainer anew, from the start's weights, then Resume.
            model = SmallRuns.Model(seed: (long)seed);
            trainer = SmallRuns.SftTrainer(model, Run(broken), options);
            trainer.Resume();
            Copy(SmallRuns.Model(), model, when: trainer.StepsMade == 0);
            foreach (var _ in trainer.Train(None).Take(1 + random.Next(9)))
            {
            }
        }
        while (trainer.StepsMade < trainer.Steps);

        Assert.Equal(SmallRuns.Hash(expected), SmallRuns.Hash(model));
        Assert.Equal(File.ReadAllText(Run(whole).StepLog), File.ReadAllText(Run(broken).StepLog));
        Assert.Equal(30, File.ReadLines(Run(broken).StepLog).Count());
    }

    [Theory]
    [InlineData(OptimizerRule.AdamW)]
    [InlineData(OptimizerRule.RmsProp)]
    public void Dpo_stopped_at_every_step_ends_in_the_same_bits(OptimizerRule rule)
    {
        using var folder = new TemporaryFolder();
        var options = SmallRuns.Dpo with { Optimizer = new() { Rule = rule }, Accumulation = 2 };
        var (expected, model) = (SmallRuns.Model(), SmallRuns.Model());
        var steps = SmallRuns.DpoTrainer(expected, options: options).Train(None).ToList();

        for (var step = 1; step <= steps.Count; step++)
        {
            model = step == 1 ? model : SmallRuns.Model(seed: 77);
            var trainer = SmallRuns.DpoTrainer(model, new RunFolder(folder.At()) { CheckpointEvery = 1 }, options);
            Assert.Equal(step > 1, trainer.Resume() is not null);
            Assert.Equal(steps[step - 1], trainer.Train(None).First());
        }

        Assert.Equal(SmallRuns.Hash(expected), SmallRuns.Hash(model));
    }

    [Fact]
    public void A_cancelled_run_is_saved_where_it_stood()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At());
        using var stop = new CancellationTokenSource();
        foreach (var step in SmallRuns.SftTrainer(SmallRuns.Model(), run).Train(stop.Token))
        {
            if (step.Step == 4)
            {
                stop.Cancel();
            }
        }

        Assert.Equal(4, run.Newest()!.Step);
    }

    [Fact]
    public void A_checkpoint_is_a_model_folder()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At());
        var model = SmallRuns.Model();
        foreach (var _ in SmallRuns.SftTrainer(model, run).Train(None))
        {
        }

        Assert.Equal(SmallRuns.Hash(model), SmallRuns.Hash(Mistral.Load(run.Newest()!.Folder)));
    }

    [Fact]
    public void Another_runs_checkpoint_is_refused_and_so_is_a_folder_in_use()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At());
        foreach (var _ in SmallRuns.SftTrainer(SmallRuns.Model(), run).Train(None))
        {
        }

        var other = SmallRuns.SftTrainer(SmallRuns.Model(), run, SmallRuns.Sft with { BatchSize = 2 });
        Assert.Contains("other options", Assert.Throws<InvalidDataException>(other.Resume).Message, StringComparison.Ordinal);
        Assert.Contains("call Resume", Assert.Throws<InvalidOperationException>(() => SmallRuns.SftTrainer(SmallRuns.Model(), run).Train(None).First()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cleared_folder_takes_a_new_run_and_a_log_without_checkpoint_is_begun_anew()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At("new"));
        run.Clear(); // nothing there yet
        Assert.Equal(3, SmallRuns.SftTrainer(SmallRuns.Model(), run).Train(None).Take(3).Count()); // stopped before the first checkpoint
        Assert.Equal(12, SmallRuns.SftTrainer(SmallRuns.Model(), run).Train(None).Count());
        Assert.Equal(12, File.ReadLines(run.StepLog).Count());

        run.Clear();

        Assert.Equal(12, SmallRuns.SftTrainer(SmallRuns.Model(), run).Train(None).Count());
        Assert.Equal(12, File.ReadLines(run.StepLog).Count());
    }

    [Fact]
    public void The_step_log_has_a_line_a_step_with_the_names_of_the_reference_trainer()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At());
        var steps = SmallRuns.DpoTrainer(SmallRuns.Model(), run).Train(None).ToList();

        var lines = File.ReadAllLines(run.StepLog);

        Assert.Equal(steps, lines.Select(line => JsonSerializer.Deserialize<DpoStep>(line)!));
        using var last = JsonDocument.Parse(lines[^1]);
        Assert.Equal(steps[^1].Margin, last.RootElement.GetProperty("rewards/margins").GetDouble());
        Assert.Equal(steps[^1].HeldOut!.Loss, last.RootElement.GetProperty("eval").GetProperty("loss").GetDouble());
    }

    private static void Copy(Mistral from, Mistral to, bool when)
    {
        using var none = TorchSharp.torch.no_grad();
        foreach (var ((_, source), (_, target)) in from.named_parameters().Zip(to.named_parameters()))
        {
            if (when)
            {
                target.copy_(source);
            }
        }
    }
}
