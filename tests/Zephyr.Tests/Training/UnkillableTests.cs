using System.Diagnostics;
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
                var error = Record.Exception(() => SmallRuns.Pull(steps()));
                if (error is not null)
                {
                    failures++;
                    Assert.IsType<IOException>(error);
                    Assert.Contains(folder.At("run"), error.Message, StringComparison.Ordinal);
                    SmallRuns.Pull(steps()); // The disk has room again; the same trainer is pulled on.
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
    public void A_run_that_was_being_cleared_is_not_gone_on_with()
    {
        using var folder = new TemporaryFolder();
        SmallRuns.Pull(SmallRuns.SftTrainer(SmallRuns.Model(), Run(folder.At())).Train(None));
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
            SmallRuns.Pull(steps());
            return SmallRuns.Hash(model);
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
