using System.Diagnostics;
using System.Globalization;
using Zephyr.Kernel.Tests.Protocol;

namespace Zephyr.Benchmarks;

/// <summary>What thousands of small cells leave behind in a kernel: resident memory after a full collection, and the time a cell takes.</summary>
internal static class KernelCells
{
    private const string Resident = "GC.Collect(); GC.WaitForPendingFinalizers(); GC.Collect(2, GCCollectionMode.Aggressive, true, true); Environment.WorkingSet / 1024";

    private static readonly (string Name, Func<int, string> Code)[] Kinds =
    [
        ("value of an expression", _ => "1 + 1"),
        ("changes a variable", _ => "sum += Enumerable.Range(0, 3).Sum(); sum"),
        ("declares a variable", n => $"var x{n} = {n};"),
        ("declares the same variable again", n => $"var x = {n};"),
        ("declares the same function again", n => $"int Next(int x) => x + {n};"),
    ];

    /// <summary>Prints the table.</summary>
    /// <param name="command">The kernel: program and first words.</param>
    /// <param name="thousands">Thousands of cells of each kind, each kind in a kernel of its own.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] command, int thousands)
    {
        Console.WriteLine("| cell | cells | growth MiB | KiB a cell | ms a cell, first and last thousand |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var (name, code) in Kinds)
        {
            using var client = new JupyterClient(command);
            client.Execute("var sum = 0;");
            double After(int first, int count)
            {
                var clock = Stopwatch.StartNew();
                for (var n = first; n < first + count; n++)
                {
                    client.Execute(code(n));
                }

                return clock.Elapsed.TotalMilliseconds / count;
            }

            double Measured() => double.Parse(
                (string)client.Execute(Resident).Published.Single(m => (string?)m["header"]!["msg_type"] == "execute_result")["content"]!["data"]!["text/plain"]!,
                CultureInfo.InvariantCulture);

            After(0, 300); // until compiler and buffers are warm
            Measured();
            var before = Measured();
            var times = Enumerable.Range(0, thousands).Select(k => After(300 + (1000 * k), 1000)).ToArray();
            var growth = Measured() - before;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {1000 * thousands} | {growth / 1024:0} | {growth / 1000 / thousands:0.0} | {times[0]:0.0}, {times[^1]:0.0} |"));
        }

        return 0;
    }
}
