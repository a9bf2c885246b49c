using System.Text;
using System.Text.Json;
using Tensorboard;
using Zephyr.Data;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

/// <summary>What a run keeps, what it refuses to go on from, and what it does not overwrite.</summary>
public class RunFolderTests
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Fact]
    public void A_folder_that_may_not_be_written_to_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("file"), "a file where the run's folder should be");

        var error = Assert.Throws<IOException>(() => SmallRuns.Pull(SmallRuns.SftTrainer(SmallRuns.Model(), new RunFolder(folder.At("file"))).Train(None)));

        Assert.Contains(folder.At("file"), error.Message, StringComparison.Ordinal);
    }

    /// <summary>What the system refuses with "access denied" (a read-only folder, or here a folder in the place of a file) is an error that says what to do.</summary>
    [Fact]
    public void A_log_that_may_not_be_written_to_is_named_with_what_to_do()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.At("steps.jsonl"));

        var error = Assert.Throws<IOException>(() => SmallRuns.Pull(SmallRuns.SftTrainer(SmallRuns.Model(), new RunFolder(folder.At())).Train(None)));

        Assert.IsType<UnauthorizedAccessException>(error.InnerException);
        Assert.Contains(folder.At("steps.jsonl"), error.Message, StringComparison.Ordinal);
        Assert.Contains("choose another", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_begins_anew_with_other_held_out_rows()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At()) { CheckpointEvery = 2, Keep = 1 };
        SftTrainer Trainer(List<TokenizedExample> heldOut) => new(SmallRuns.Model(), SmallRuns.Rows(), SmallRuns.Sft with { Steps = 12, EvaluateEvery = 2 }) { Run = run, HeldOut = heldOut };
        var first = Trainer(SmallRuns.Rows()).Train(None).Take(6).Where(step => step.HeldOut is not null).ToList(); // held out of nothing: rows that it learns

        var resumed = Trainer(SmallRuns.Rows(5, 9));
        Assert.NotNull(resumed.Resume());
        var second = resumed.Train(None).Where(step => step.HeldOut is not null).ToList();

        Assert.True(first.Min(step => step.HeldOut!.Loss) < second.Min(step => step.HeldOut!.Loss), "else the test shows nothing");
        Assert.Equal(second.MinBy(step => step.HeldOut!.Loss)!.Step, run.Best()!.Step);
    }

    [Fact]
    public void Another_reference_is_refused()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At());
        DpoTrainer Trainer(long reference) => new(SmallRuns.Model(), new FrozenReference(SmallRuns.Model(reference)), SmallRuns.Pairs(), SmallRuns.Dpo) { Run = run };
        SmallRuns.Pull(Trainer(1).Train(None));

        Assert.NotNull(Trainer(1).Resume());
        Assert.Contains("other reference weights", Assert.Throws<InvalidDataException>(() => Trainer(2).Resume()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Products_of_another_type_and_a_reference_that_has_moved_are_refused()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At());
        var reference = new FrozenReference(SmallRuns.Model());
        DpoTrainer Trainer(IReference frozen, ScalarType compute) =>
            new(SmallRuns.Model().With(model => model.ComputeType = compute), frozen, SmallRuns.Pairs(), SmallRuns.Dpo) { Run = run };
        SmallRuns.Pull(Trainer(reference, ScalarType.BFloat16).Train(None));

        Assert.Contains("other products", Assert.Throws<InvalidDataException>(() => Trainer(reference, ScalarType.Float32).Resume()).Message, StringComparison.Ordinal);
        reference.MixIn(SmallRuns.Model(seed: 2), 0.5);
        Assert.Contains("other reference weights", Assert.Throws<InvalidDataException>(() => Trainer(reference, ScalarType.BFloat16).Resume()).Message, StringComparison.Ordinal);
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
        var rate = new LearningRate { Peak = 1e39, Shape = RateShape.Constant, WarmupSteps = 1 }; // step 1 moves nothing, step 2 everything past the largest number
        var trainer = new SftTrainer(SmallRuns.Model(), SmallRuns.Rows(), SmallRuns.Sft with { Steps = 2, LearningRate = rate }) { Run = run };

        var error = Assert.Throws<NotFiniteNumberException>(() => SmallRuns.Pull(trainer.Train(None)));

        Assert.Contains("The update of step 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("call Resume to go on from", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, run.Newest()!.Step);
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
        SmallRuns.Pull(trainer.Train(None));

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
        SmallRuns.Pull(SmallRuns.SftTrainer(SmallRuns.Model(), Run()).Train(None).Take(8));
        var trainer = SmallRuns.SftTrainer(SmallRuns.Model(), Run());
        Assert.Equal(5, trainer.Resume()!.Step);
        SmallRuns.Pull(trainer.Train(None));

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
}
