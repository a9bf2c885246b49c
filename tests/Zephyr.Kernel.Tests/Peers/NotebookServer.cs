using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Zephyr.Kernel.Tests.Protocol;

namespace Zephyr.Kernel.Tests.Peers;

/// <summary>Debian's classic Notebook, serving one folder on this machine without asking who is there.</summary>
internal sealed class NotebookServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _log = new();

    public NotebookServer(string folder, IEnumerable<(string Name, string Value)> environment)
    {
        Port = FreePorts.Find(1)[0];
        string[] words =
        [
            "-m", "notebook", "--no-browser", "--ip=127.0.0.1", $"--port={Port.ToString(CultureInfo.InvariantCulture)}", "--NotebookApp.token=",
            "--allow-root", $"--notebook-dir={folder}", "--KernelRestarter.time_to_dead=0.5",
        ];
        var start = new ProcessStartInfo(PythonPeer.Path, words) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) => _log.AppendLine(e.Data);
        _process.OutputDataReceived += (_, e) => _log.AppendLine(e.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        WaitUntilItListens();
    }

    public int Port { get; }

    public string Log => _log.ToString();

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void WaitUntilItListens()
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var client = new TcpClient("127.0.0.1", Port);
                return;
            }
            catch (SocketException) when (!_process.HasExited && clock.Elapsed < Patience)
            {
                Thread.Sleep(100);
            }
            catch (SocketException exception)
            {
                throw new InvalidOperationException($"the notebook server does not listen on port {Port}:\n{Log}", exception);
            }
        }
    }
}
