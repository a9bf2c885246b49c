using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.Engine;
using Zephyr.Kernel.Protocol;
using Zephyr.Kernel.Wire;

namespace Zephyr.Kernel.Commands;

/// <summary><c>start CONNECTION_FILE</c>: the kernel, as front ends start it.</summary>
internal static class StartCommand
{
    /// <summary>What the command line may say.</summary>
    public const string Usage = "start CONNECTION_FILE";

    private const int FewestWorkers = 8;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Serves until a front end asks to shut down, or until the front end's process is gone.</summary>
    public static int Run(IReadOnlyList<string> words)
    {
        var line = new CommandLine(words, [], []);
        if (line.Arguments is not [var path])
        {
            throw new ArgumentException($"Which connection file? {Usage}");
        }

        // With a cell and a question waiting on two cores, Roslyn's tasks would get their next thread after half a second.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, FewestWorkers), completions);
        var warm = CSharpEngine.WarmUpAsync();
        var log = Console.Error;
        var sockets = new KernelSockets(ConnectionInfo.Read(path), log.WriteLine);
        ConsoleCapture.Install();
        ExceptionHandling.SetUnhandledExceptionHandler(Survive);
        EndWithParent(log);
        using (var server = new KernelServer(sockets, log.WriteLine, warm))
        {
            server.Run();
        }

        sockets.Dispose();
        Environment.Exit(0); // cells may have left threads of their own
        return 0;
    }

    private static bool Survive(Exception exception)
    {
        Console.Error.WriteLine($"Unhandled on a background thread: {exception}");
        return true;
    }

    private static void EndWithParent(TextWriter log)
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), CultureInfo.InvariantCulture, out var parent) || parent <= 1)
        {
            return;
        }

        void Watch()
        {
            while (Lives(parent))
            {
                Thread.Sleep(BetweenLooks);
            }

            log.WriteLine($"The front end (process {parent}) is gone.");
            Environment.Exit(0);
        }

        new Thread(Watch) { IsBackground = true, Name = "parent watch" }.Start();
    }

    private static bool Lives(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
