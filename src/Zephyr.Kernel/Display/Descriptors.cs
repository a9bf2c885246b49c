using System.ComponentModel;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Zephyr.Kernel.Display;

/// <summary>File descriptors of this process, by the calls of the C library. Unix only.</summary>
internal static partial class Descriptors
{
    public const int Output = 1;
    public const int Error = 2;

    private const int Interrupted = 4; // EINTR
    private const short In = 1; // POLLIN
    private const int Unbuffered = 2; // _IONBF

    private static readonly List<AnonymousPipeServerStream> Pipes = []; // open to the end of the process

    /// <summary>Another descriptor of the same file.</summary>
    /// <exception cref="Win32Exception">The system refuses.</exception>
    public static int Duplicate(int descriptor) => Checked(Dup(descriptor));

    /// <summary>Lets a descriptor stand for the file of another.</summary>
    /// <exception cref="Win32Exception">The system refuses.</exception>
    public static void Point(int descriptor, int other) => Checked(Dup2(other, descriptor));

    /// <summary>Lets a descriptor write into a new pipe.</summary>
    /// <returns>The descriptor to read from.</returns>
    /// <exception cref="Win32Exception">The system refuses.</exception>
    public static int Redirect(int descriptor)
    {
        var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        Pipes.Add(pipe);
        Point(descriptor, (int)pipe.ClientSafePipeHandle.DangerousGetHandle());
        pipe.DisposeLocalCopyOfClientHandle();
        return (int)pipe.SafePipeHandle.DangerousGetHandle();
    }

    /// <summary>Tells the C library to write at once. By itself it would keep what goes into a pipe until there is more of it.</summary>
    public static void DoNotBuffer()
    {
        var library = NativeLibrary.GetMainProgramHandle();
        if (NativeLibrary.TryGetExport(library, OperatingSystem.IsMacOS() ? "__stdoutp" : "stdout", out var stream))
        {
            _ = SetBuffer(Marshal.ReadIntPtr(stream), 0, Unbuffered, 0);
        }
    }

    /// <summary>Waits until something can be read.</summary>
    /// <param name="milliseconds">How long at most; 0 only looks, -1 waits for ever.</param>
    /// <param name="descriptors">Those to look at.</param>
    /// <returns>Those that can be read.</returns>
    /// <exception cref="Win32Exception">The system refuses.</exception>
    public static IReadOnlyList<int> Readable(int milliseconds, int[] descriptors)
    {
        var all = descriptors.Select(d => new PollEntry { Descriptor = d, Events = In }).ToArray();
        return Retried(() => Poll(all, (nuint)all.Length, milliseconds)) == 0 ? [] : [.. all.Where(e => (e.Returned & In) != 0).Select(e => e.Descriptor)];
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>How many bytes.</returns>
    /// <exception cref="Win32Exception">The system refuses.</exception>
    public static int Read(int descriptor, byte[] bytes) => (int)Retried(() => Read(descriptor, bytes, bytes.Length));

    /// <summary>Writes all of it, or what the other side takes.</summary>
    public static void Write(int descriptor, ReadOnlySpan<byte> bytes) => _ = Write(descriptor, bytes, bytes.Length);

    private static nint Retried(Func<nint> call)
    {
        while (true)
        {
            var result = call();
            if (result >= 0)
            {
                return result;
            }

            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }
    }

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static partial int Dup(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Dup2(int from, int to);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Span<PollEntry> entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, Span<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "setvbuf")]
    private static partial int SetBuffer(nint stream, nint buffer, int mode, nint size);
}
