using System.Globalization;
using System.Runtime.InteropServices;

namespace Zephyr.Runtime;

/// <summary>How much memory the process holds, by the C library's own books and by the kernel's. Linux only; elsewhere every figure is null.</summary>
public static class NativeMemory
{
    /// <summary>
    /// Bytes handed out by the C library and not yet given back: tensors on the CPU, whoever holds them (a name, a scope, the autograd graph), and little else. Exact to
    /// the byte, unlike the resident set; the managed heap is not in it.
    /// </summary>
    public static long? InUse
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return null;
            }

            try
            {
                var books = LibC.AllocatorBooks();
                return (long)(books.InUse + books.Mapped);
            }
            catch (EntryPointNotFoundException)
            {
                return null; // a C library without mallinfo2: musl, or glibc before 2.33
            }
        }
    }

    /// <summary>Bytes of the process that are in physical memory now.</summary>
    public static long? Resident => Status("VmRSS:");

    /// <summary>The largest <see cref="Resident"/> since the start of the process, or since <see cref="ForgetPeak"/>.</summary>
    public static long? PeakResident => Status("VmHWM:");

    /// <summary>Begins to count <see cref="PeakResident"/> anew.</summary>
    /// <returns>Whether the kernel allows that.</returns>
    public static bool ForgetPeak()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long? Status(string field)
    {
        const string Path = "/proc/self/status";
        if (!File.Exists(Path))
        {
            return null;
        }

        var line = File.ReadLines(Path).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line.AsSpan(field.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}

/// <summary>glibc's <c>struct mallinfo2</c>, the fields in its order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AllocatorBooks
{
    public nuint Arena, Free, FastFree, MappedBlocks, Mapped, Unused, FastFreeBytes, InUse, FreeBytes, Releasable;
}
