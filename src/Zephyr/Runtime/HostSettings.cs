namespace Zephyr.Runtime;

/// <summary>Settings of the process that must stand before the native library is loaded.</summary>
internal static class HostSettings
{
    public static IEnumerable<RuntimeChoice> BeforeTorch()
    {
        if (!OperatingSystem.IsLinux())
        {
            return [new("waiting threads", false, "set on Linux only"), new("kernel cache", false, "set on Linux only"), new("allocator", false, "set on Linux only")];
        }

        return
        [
            // Spinning threads beside any other busy process cost a factor of ten; sleeping ones cost nothing measurable.
            Variable("waiting threads", "OMP_WAIT_POLICY", "PASSIVE"),

            // oneDNN keeps a compiled kernel for each of the last 1,024 shapes; batches of ever new lengths fill that with about a GiB. A step needs some 30.
            Variable("kernel cache", "ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64"),
            Allocator(),
        ];
    }

    private static RuntimeChoice Variable(string what, string name, string value)
    {
        var given = Environment.GetEnvironmentVariable(name);
        var set = given is not null || LibC.SetEnvironment(name, value, overwrite: 0) == 0;
        return new(what, set, given is null ? $"{name}={value}" : $"{name}={given}, as given");
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
