using System.Text;

namespace Zephyr.Kernel.Display;

/// <summary>
/// What native code writes to file descriptors 1 and 2 becomes output of the running cell, in order with what managed code writes: both
/// descriptors are pipes of this process, which are emptied before anything else is shown, and by a thread of their own while native code runs.
/// </summary>
/// <remarks>On Windows native libraries hold C libraries, and with them standard streams, of their own: there it is left alone.</remarks>
internal static class NativeOutput
{
    private static readonly object Gate = new();
    private static readonly TimeSpan LongestDying = TimeSpan.FromSeconds(2);

    private static Stream[] _streams = [];

    /// <summary>Whether this system lets a process do that.</summary>
    public static bool IsPossible => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>Redirects both descriptors. Writers that .NET made before keep writing where they did.</summary>
    public static void Install()
    {
        if (!IsPossible || _streams.Length > 0)
        {
            return;
        }

        _streams = [new("stdout", Descriptors.Output), new("stderr", Descriptors.Error)];
        Descriptors.DoNotBuffer();
        new Thread(Listen) { IsBackground = true, Name = "native output" }.Start();
    }

    /// <summary>Hands on what lies in the pipes.</summary>
    public static void Drain()
    {
        if (_streams.Length == 0)
        {
            return;
        }

        try
        {
            // Empty on purpose: an interrupted cell is never stopped in a finally, so no text that was read is lost.
        }
        finally
        {
            lock (Gate)
            {
                while (Descriptors.Readable(0, [.. _streams.Select(s => s.Pipe)]) is { Count: > 0 } ready)
                {
                    foreach (var pipe in ready)
                    {
                        _streams.First(s => s.Pipe == pipe).HandOn();
                    }
                }
            }
        }
    }

    private static void Listen()
    {
        var pipes = _streams.Select(s => s.Pipe).ToArray();
        while (Descriptors.Readable(Timeout.Infinite, pipes).Count > 0) // none: a cell has closed them
        {
            Drain();
        }
    }

    private sealed class Stream
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder(); // a character may be cut in two
        private readonly byte[] _bytes = new byte[16 * 1024];
        private readonly char[] _text = new char[16 * 1024];
        private readonly string _name;
        private readonly int _descriptor;
        private readonly int _original;
        private readonly int _captured;
        private volatile bool _dying;

        public Stream(string name, int descriptor)
        {
            (_name, _descriptor) = (name, descriptor);
            _original = Descriptors.Duplicate(descriptor);
            Pipe = Descriptors.Redirect(descriptor);
            _captured = Descriptors.Duplicate(descriptor);
        }

        public int Pipe { get; }

        public void HandOn()
        {
            var bytes = _bytes.AsSpan(0, Descriptors.Read(Pipe, _bytes));
            if (DyingWords.Are(bytes))
            {
                LetGo();
            }

            if (_dying || CellDisplay.Output is not { } output)
            {
                Descriptors.Write(_original, bytes);
                return;
            }

            output.Write(_name, _text.AsSpan(0, _decoder.GetChars(bytes, _text, flush: false)));
        }

        /// <summary>Lets the rest of the words out the direct way: there may be no time to hand them on. They may also be those of another process.</summary>
        private void LetGo()
        {
            _dying = true;
            Descriptors.Point(_descriptor, _original);
            _ = Task.Delay(LongestDying).ContinueWith(
                _ =>
                {
                    Descriptors.Point(_descriptor, _captured);
                    _dying = false;
                },
                TaskScheduler.Default);
        }
    }
}
