using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Zephyr.Kernel.Commands;
using Zephyr.Kernel.Tests.Protocol;

namespace Zephyr.Benchmarks;

/// <summary>What a reader waits for, over the wire, each round against a kernel of its own. Milliseconds; goals are those of the design.</summary>
internal static class KernelTimes
{
    private const string Built = "artifacts/bin/Zephyr.Kernel/release/Zephyr.Kernel.dll";

    private static readonly (string Name, string Code)[] Endless =
    [
        ("tight loop", "display(\"here\"); while (true) { }"),
        ("Thread.Sleep", "display(\"here\"); Thread.Sleep(Timeout.Infinite);"),
        ("await Task.Delay", "display(\"here\"); await Task.Delay(Timeout.Infinite);"),
        ("pool-thread loop", "display(\"here\"); await Task.Run(() => { while (!stop) Thread.Yield(); });"),
    ];

    private static readonly string[] Cells =
    [
        "var numbers = Enumerable.Range(1, 100).ToArray();", "numbers.Sum()", "record Point(int X, int Y);\nnumbers.Select(n => new Point(n, n * n)).Take(3).ToArray()",
        "string Spell(int n) => $\"{n} squared is {n * n}\";\nConsole.WriteLine(Spell(12));", "foreach (var n in numbers.Take(5)) { Console.Write(n); }",
    ];

    /// <summary>Prints the table.</summary>
    /// <param name="command">The kernel: program and first words.</param>
    /// <param name="rounds">How many kernels are started, one after the other.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] command, int rounds)
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, load {Load()}; {rounds} kernels, medians (smallest to largest)");
        var times = new Dictionary<string, List<double>>();
        for (var round = 0; round < rounds; round++)
        {
            void Record(string what, double value) => (times.TryGetValue(what, out var all) ? all : times[what] = []).Add(value);
            Measure(command, Record);
            MeasureAfterAPause(command, Record);
        }

        foreach (var (what, all) in times)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-40} {Words.Median(all),7:0} ({all.Min():0} to {all.Max():0})"));
        }

        Console.WriteLine($"load {Load()} at the end");
        return 0;
    }

    /// <summary>Runs a benchmark against the kernel as it was built.</summary>
    /// <param name="benchmark">Given the kernel's program and first words.</param>
    /// <returns>Its exit code; 1 where the kernel was not built.</returns>
    public static int OfBuilt(Func<string[], int> benchmark)
    {
        if (Path.GetFullPath(Built) is var path && File.Exists(path))
        {
            return benchmark([SelfProcess.Command[0], path]);
        }

        Console.Error.WriteLine($"{path} is not there. In the root of the clone: dotnet build -c Release");
        return 1;
    }

    private static void Measure(string[] command, Action<string, double> record)
    {
        var clock = Stopwatch.StartNew();
        using var client = new JupyterClient(command);
        client.Reply(client.Ask("kernel_info_request", []));
        record("ready, ms (600)", clock.Elapsed.TotalMilliseconds);
        record("resident at ready, MiB", Resident(client));

        record("first cell, ms (400)", Timed(() => Execute(client, "1 + 1")));
        foreach (var cell in Cells)
        {
            record("later cell, ms", Timed(() => Execute(client, cell)));
        }

        record("resident after six cells, MiB", Resident(client));
        record("first completion, ms (400)", Timed(() => Complete(client, "numbers.Sel")));
        foreach (var code in new[] { "Spell(numbers.Fir", "Console.Wri", "var p = new Point(1, 2); p.", "numbers.Select(n => n.ToStr" })
        {
            record("later completion, ms (100)", Timed(() => Complete(client, code)));
        }

        record("resident after completion, MiB", Resident(client));
        Execute(client, "var stop = false;");
        foreach (var (name, code) in Endless)
        {
            for (var i = 0; i < 3; i++)
            {
                record($"interrupt of {name}, ms (150)", Interrupt(client, code));
            }
        }

        Execute(client, "stop = true;");
    }

    /// <summary>A reader opens a notebook and reads before running anything.</summary>
    private static void MeasureAfterAPause(string[] command, Action<string, double> record)
    {
        using var client = new JupyterClient(command);
        client.Reply(client.Ask("kernel_info_request", []));
        Thread.Sleep(3000);
        record("first cell, 3 s after ready, ms", Timed(() => Execute(client, "1 + 1")));
        Execute(client, Cells[0]);
        record("first completion then, ms", Timed(() => Complete(client, "numbers.Sel")));
    }

    private static double Interrupt(JupyterClient client, string code)
    {
        var running = client.Ask("execute_request", JupyterClient.ExecuteContent(code));
        client.NextPublished("display_data");
        Thread.Sleep(50); // well inside the loop or the wait
        return Timed(() =>
        {
            client.AskControl("interrupt_request", []);
            var reply = client.Reply(running)["content"]!;
            if ((string?)reply["ename"] != "KeyboardInterrupt")
            {
                throw new InvalidOperationException($"not interrupted: {reply.ToJsonString()}");
            }
        });
    }

    private static void Execute(JupyterClient client, string code)
    {
        var (reply, _) = client.Execute(code);
        if ((string?)reply["status"] != "ok")
        {
            throw new InvalidOperationException($"{code}: {reply.ToJsonString()}");
        }
    }

    private static void Complete(JupyterClient client, string code)
    {
        var reply = client.Reply(client.Ask("complete_request", new JsonObject { ["code"] = code, ["cursor_pos"] = code.Length }))["content"]!;
        if (reply["matches"] is not JsonArray { Count: > 0 })
        {
            throw new InvalidOperationException($"nothing completes {code}: {reply.ToJsonString()}");
        }
    }

    private static double Timed(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalMilliseconds;
    }

    private static double Resident(JupyterClient client)
    {
        client.Process.Refresh();
        return client.Process.WorkingSet64 / 1024.0 / 1024.0;
    }

    private static string Load() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(2)) : "not known";
}
