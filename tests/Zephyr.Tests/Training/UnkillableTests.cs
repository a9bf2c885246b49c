using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tensorboard;
using Zephyr.Files;
using Zephyr.Model;
using Zephyr.Training;

namespace Zephyr.Tests.Training;

/// <summary>Nothing that a run wrote is lost, whatever happens to the process or the disk.</summary>
public class UnkillableTests
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    public static TheoryData<string> Trainers => ["sft", "dpo"];

    /// <summary>What lies in the folder before a change is what a process killed there would leave behind.</summary>
    [Theory]
    [MemberData(nameof(Trainers))]
    public void A_run_that_ended_before_any_change_to_the_disk_ends_in_the_same_bits(string trainer)
    {
        using var folder = TemporaryFolder.InMemory();
        using var snapshots = TemporaryFolder.InMemory();
        var changes = 0;
        Disk.Watcher = _ => Copy(folder.At("run"), snapshots.At($"{changes++}"));
        string expected;
        try
        {
            expected = Finish(trainer, folder.At("run"));
        }
        finally
        {
            Disk.Watcher = null;
        }

        Assert.True(changes > 100, $"only {changes} changes to the disk were seen");
        var logs = File.ReadAllText(Run(folder.At("run")).StepLog);
        for (var change = 0; change < changes; change++)
        {
            Assert.Equal(expected, Finish(trainer, snapshots.At($"{change}")));
            Assert.Equal(logs, File.ReadAllText(Run(snapshots.At($"{change}")).StepLog));
        }
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void A_disk_that_is_full_at_any_change_is_a_clear_error_and_the_next_pull_goes_on(string trainer)
    {
        using var whole = new TemporaryFolder();
        var expected = Finish(trainer, whole.At("run"));
        var failures = 0;
        for (var failAt = 0; failAt == failures; failAt++)
        {
            using var folder = TemporaryFolder.InMemory();
            var (model, steps) = Begin(trainer, folder.At("run"));
            var changes = 0;
            Disk.Watcher = change => Fail(changes++ == failAt, change);
            try
            {
                var error = Record.Exception(() => Pull(steps()));
                if (error is not null)
                {
                    failures++;
                    Assert.IsType<IOException>(error);
                    Assert.Contains(folder.At("run"), error.Message, StringComparison.Ordinal);
                    Pull(steps()); // The disk has room again; the same trainer is pulled on.
                }
            }
            finally
            {
                Disk.Watcher = null;
            }

            Assert.Equal(expected, SmallRuns.Hash(model));
            Assert.Equal(File.ReadAllText(Run(whole.At("run")).StepLog), File.ReadAllText(Run(folder.At("run")).StepLog));
            model.Dispose();
        }

        Assert.True(failures > 100, $"only {failures} changes to the disk were failed");
    }

    [Fact]
    public void A_process_killed_at_ten_random_moments_ends_in_the_same_weights()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Zephyr.Cli.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "kill-test", "--kills", "10", "--at", "random"]) { RedirectStandardOutput = true })!;

        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 0, said);
        Assert.Contains("sft: killed at 5 random moments", said, StringComparison.Ordinal);
        Assert.Contains("dpo: killed at 5 random moments", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_may_not_be_written_to_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("file"), "a file where the run's folder should be");

        var error = Assert.Throws<IOException>(() => Pull(SmallRuns.SftTrainer(SmallRuns.Model(), new RunFolder(folder.At("file"))).Train(None)));

        Assert.Contains(folder.At("file"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_reference_is_refused()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At());
        DpoTrainer Trainer(long reference) => new(SmallRuns.Model(), new FrozenReference(SmallRuns.Model(reference)), SmallRuns.Pairs(), SmallRuns.Dpo) { Run = run };
        Pull(Trainer(1).Train(None));

        Assert.NotNull(Trainer(1).Resume());
        Assert.Contains("other reference weights", Assert.Throws<InvalidDataException>(() => Trainer(2).Resume()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Products_of_another_type_and_a_reference_that_has_moved_are_refused()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At());
        var reference = new FrozenReference(SmallRuns.Model());
        DpoTrainer Trainer(IReference frozen, TorchSharp.torch.ScalarType compute) =>
            new(SmallRuns.Model().With(model => model.ComputeType = compute), frozen, SmallRuns.Pairs(), SmallRuns.Dpo) { Run = run };
        Pull(Trainer(reference, TorchSharp.torch.ScalarType.BFloat16).Train(None));

        Assert.Contains("other products", Assert.Throws<InvalidDataException>(() => Trainer(reference, TorchSharp.torch.ScalarType.Float32).Resume()).Message, StringComparison.Ordinal);
        reference.MixIn(SmallRuns.Model(seed: 2), 0.5);
        Assert.Contains("other reference weights", Assert.Throws<InvalidDataException>(() => Trainer(reference, TorchSharp.torch.ScalarType.BFloat16).Resume()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_has_one_run_at_a_time()
    {
        using var folder = new TemporaryFolder();
        RunFolder Run() => new(folder.At()) { CheckpointEvery = 2 };
        using var first = SmallRuns.SftTrainer(SmallRuns.Model(), Run()).Train(None).GetEnumerator();
        Assert.True(first.MoveNext());
        var second = SmallRuns.SftTrainer(SmallRuns.Model(), Run());

        Assert.Contains("another run is writing there", Assert.Throws<IOException>(() => second.Train(None).First()).Message, StringComparison.Ordinal);
        Assert.Contains("another run is writing there", Assert.Throws<IOException>(() => Run().Clear()).Message, StringComparison.Ordinal);

        first.Dispose();
        Assert.Equal(1, second.Train(None).First().Step);
    }

    [Fact]
    public void Weights_that_an_update_made_infinite_do_not_replace_the_last_good_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At()) { CheckpointEvery = 1, Keep = 1 };
        var model = SmallRuns.Model();
        var steps = new SftTrainer(model, SmallRuns.Rows(), SmallRuns.Sft with { Steps = 3 }) { Run = run }.Train(None).GetEnumerator();
        Assert.True(steps.MoveNext());
        using (TorchSharp.torch.no_grad())
        {
            model.named_parameters().First().parameter.fill_(float.MaxValue);
        }

        var error = Assert.Throws<NotFiniteNumberException>(() => Pull(Rest(steps)));

        Assert.Contains("step", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, run.Newest()!.Step);
    }

    [Fact]
    public void A_run_that_was_being_cleared_is_not_gone_on_with()
    {
        using var folder = new TemporaryFolder();
        Pull(SmallRuns.SftTrainer(SmallRuns.Model(), Run(folder.At())).Train(None));
        var changes = 0;
        Disk.Watcher = change => Fail(changes++ == 2, change); // the checkpoints are aside, one file of them is deleted
        try
        {
            Assert.Throws<IOException>(() => Run(folder.At()).Clear());
        }
        finally
        {
            Disk.Watcher = null;
        }

        Assert.Null(SmallRuns.SftTrainer(SmallRuns.Model(), Run(folder.At())).Resume());
        Run(folder.At()).Clear();
        Assert.Equal(["run.lock"], Directory.GetFileSystemEntries(folder.At()).Select(Path.GetFileName));
    }

    [Fact]
    public void Intervals_of_no_steps_are_refused_before_the_first_step()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RunFolder("none") { CheckpointEvery = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RunFolder("none") { Keep = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => SmallRuns.SftTrainer(SmallRuns.Model(), options: SmallRuns.Sft with { EvaluateEvery = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => SmallRuns.DpoTrainer(SmallRuns.Model(), options: SmallRuns.Dpo with { EvaluateEvery = 0 }));
    }

    [Fact]
    public void The_best_checkpoint_stays_beside_the_newest()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At()) { CheckpointEvery = 2, Keep = 1 };
        var options = SmallRuns.Sft with { Steps = 20, EvaluateEvery = 2, LearningRate = new() { Peak = 3e-2, Shape = RateShape.Constant, WarmupSteps = 2 } };

        var evaluated = SmallRuns.SftTrainer(SmallRuns.Model(), run, options).Train(None).Where(step => step.HeldOut is not null).ToList();

        var best = evaluated.MinBy(step => step.HeldOut!.Loss)!.Step;
        Assert.InRange(best, 2, 18); // Twenty rows learned by heart: held-out loss turns up before the end.
        Assert.Equal(best, run.Best()!.Step);
        Assert.Equal([best, 20], Directory.GetDirectories(run.Checkpoints).Select(path => int.Parse(Path.GetFileName(path)[5..], System.Globalization.CultureInfo.InvariantCulture)).Order());
    }

    [Fact]
    public void A_run_says_what_it_was_made_from_and_what_it_wrote()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At());
        var start = SmallRuns.Model();
        var hash = Lineage.HashOf(start);
        var trainer = new SftTrainer(start, SmallRuns.Rows(), SmallRuns.Sft with { EvaluateEvery = 6 }) { Run = run, HeldOut = SmallRuns.Rows(4, 8), Samples = () => [new("Who?", "I.")] };
        Pull(trainer.Train(None));

        using var record = JsonDocument.Parse(File.ReadAllText(folder.At("run.json")));

        Assert.Equal(hash, record.RootElement.GetProperty("start_weights_sha256").GetString());
        Assert.NotEqual(hash, Lineage.HashOf(start));
        Assert.Equal(3, record.RootElement.GetProperty("options").GetProperty("BatchSize").GetInt32());
        Assert.Equal(
            ["{\"step\":6,\"prompt\":\"Who?\",\"reply\":\"I.\"}", "{\"step\":12,\"prompt\":\"Who?\",\"reply\":\"I.\"}"],
            File.ReadAllLines(run.SampleLog));
    }

    [Fact]
    public void Events_hold_the_step_log_also_after_a_stop()
    {
        using var folder = new TemporaryFolder();
        RunFolder Run() => new(folder.At()) { CheckpointEvery = 5 };
        Pull(SmallRuns.SftTrainer(SmallRuns.Model(), Run()).Train(None).Take(8));
        var trainer = SmallRuns.SftTrainer(SmallRuns.Model(), Run());
        Assert.Equal(5, trainer.Resume()!.Step);
        Pull(trainer.Train(None));

        var events = Directory.GetFiles(folder.At("events")).SelectMany(EventsIn).Where(value => value.Tag == "train/loss").ToList();

        var steps = File.ReadLines(Run().StepLog).Select(line => JsonSerializer.Deserialize<SftStep>(line)!).ToList();
        Assert.Equal(12, steps.Count);
        Assert.Equal(steps.Select(step => (step.Step, (float)step.Loss)), events.Select(value => ((int)value.Step, value.Value)));
    }

    /// <summary>TensorFlow's record file: length, its checksum, data, their checksum.</summary>
    private static IEnumerable<(string Tag, long Step, float Value)> EventsIn(string path)
    {
        using var file = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
        while (file.BaseStream.Position < file.BaseStream.Length)
        {
            var length = (int)file.ReadUInt64();
            file.ReadUInt32();
            var record = Event.Parser.ParseFrom(file.ReadBytes(length));
            file.ReadUInt32();
            foreach (var value in record.Summary?.Value.Select(value => (value.Tag, record.Step, value.SimpleValue)) ?? [])
            {
                yield return value;
            }
        }
    }

    private static RunFolder Run(string folder) => new(folder) { CheckpointEvery = 2, Keep = 1, Events = false };

    private static (Mistral Model, Func<IEnumerable<object>> Steps) Begin(string trainer, string folder)
    {
        var model = SmallRuns.Model();
        if (trainer == "sft")
        {
            var sft = SmallRuns.SftTrainer(model, Run(folder), SmallRuns.Sft with { Steps = 5, EvaluateEvery = 2 });
            sft.Resume();
            return (model, () => sft.Train(None));
        }

        var dpo = SmallRuns.DpoTrainer(model, Run(folder), SmallRuns.Dpo with { Steps = 5, EvaluateEvery = 2 });
        dpo.Resume();
        return (model, () => dpo.Train(None));
    }

    private static string Finish(string trainer, string folder)
    {
        var (model, steps) = Begin(trainer, folder);
        using (model)
        {
            Pull(steps());
            return SmallRuns.Hash(model);
        }
    }

    private static IEnumerable<object> Rest(IEnumerator<object> steps)
    {
        while (steps.MoveNext())
        {
            yield return steps.Current;
        }
    }

    private static void Pull(IEnumerable<object> steps)
    {
        foreach (var _ in steps)
        {
        }
    }

    private static void Fail(bool now, string change)
    {
        if (now)
        {
            throw new IOException($"No space left on device: {change}");
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.Exists(from) ? Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "run.lock") : [])
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite); // it may still be being written
            using var copied = File.Create(copy);
            open.CopyTo(copied);
        }
    }
}
