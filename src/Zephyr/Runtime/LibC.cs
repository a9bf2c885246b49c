using System.Runtime.InteropServices;

namespace Zephyr.Runtime;

/// <summary>The C library's environment and allocator, which .NET's own wrappers do not reach. Linux only.</summary>
internal static partial class LibC
{
    /// <summary>M_MMAP_THRESHOLD, M_TRIM_THRESHOLD and M_TOP_PAD of glibc's malloc.h.</summary>
    public const int MmapThreshold = -3, TrimThreshold = -1, TopPad = -2;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    public static partial int SetAllocator(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    public static partial AllocatorBooks AllocatorBooks();
}
