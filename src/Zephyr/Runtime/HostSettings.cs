namespace Zephyr.Runtime;

/// <summary>Settings of the process that must stand before the native library is loaded.</summary>
internal static class HostSettings
{
    public static IEnumerable<RuntimeChoice> BeforeTorch()
    {
        if (!OperatingSystem.IsLinux())
        {
            return [new("waiting threads", false, "set on Linux only"), new("allocator", false, "set on Linux only")];
        }

        // Spinning threads beside any other busy process cost a factor of ten; sleeping ones cost nothing measurable.
        var given = Environment.GetEnvironmentVariable("OMP_WAIT_POLICY");
        var waiting = given is not null || LibC.SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0) == 0;
        return
        [
            new("waiting threads", waiting, given is null ? "OMP_WAIT_POLICY=PASSIVE" : $"OMP_WAIT_POLICY={given}, as given"),
            Allocator(),
        ];
    }

    /// <summary>Keeps freed memory in the process: glibc otherwise maps and clears every large tensor anew.</summary>
    private static RuntimeChoice Allocator()
    {
        if (Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is { } given)
        {
            return new("allocator", false, $"MALLOC_MMAP_THRESHOLD_={given}, as given");
        }

        try
        {
            var set = LibC.SetAllocator(LibC.MmapThreshold, 1 << 30) == 1
                & LibC.SetAllocator(LibC.TrimThreshold, int.MaxValue) == 1
                & LibC.SetAllocator(LibC.TopPad, 64 << 20) == 1;
            return new("allocator", set, set ? "freed memory stays in the process" : "mallopt refused; large tensors are mapped anew each time");
        }
        catch (EntryPointNotFoundException)
        {
            return new("allocator", false, "this C library has no mallopt; large tensors are mapped anew each time");
        }
    }
}
