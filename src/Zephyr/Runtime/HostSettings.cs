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
            Waiting(),

            // oneDNN keeps a compiled kernel for each of the last 1,024 shapes; batches of ever new lengths fill that with about a GiB. A step needs some 30.
            Variable("kernel cache", "ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64"),
            Allocator(),
        ];
    }

    /// <summary>
    /// How threads wait for each other between two operations. Beside other busy processes the library's own way, to spin for ever, costs a factor of ten, and even a short
    /// spin half as much again; on an idle machine a short spin saves a quarter of a step, which sleeping threads spend on being woken. So the load decides, once.
    /// </summary>
    private static RuntimeChoice Waiting()
    {
        const string Name = "waiting threads";
        if (new[] { "OMP_WAIT_POLICY", "GOMP_SPINCOUNT" }.FirstOrDefault(name => Environment.GetEnvironmentVariable(name) is not null) is { } given)
        {
            return new(Name, true, $"{given}={Environment.GetEnvironmentVariable(given)}, as given");
        }

        var sleep = Variable(Name, "OMP_WAIT_POLICY", "PASSIVE");
        if (Load() is not { } load || load > Environment.ProcessorCount / 2.0)
        {
            return sleep;
        }

        var spin = Variable(Name, "GOMP_SPINCOUNT", "2000");
        return spin with { Detail = $"{spin.Detail}: short spins, as the machine is idle (load {load:0.0})" };
    }

    /// <summary>Processes that wanted to run in the last minute, on average; null where the system does not say.</summary>
    private static double? Load()
    {
        const string Path = "/proc/loadavg";
        return File.Exists(Path) && double.TryParse(File.ReadAllText(Path).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture, out var load) ? load : null;
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
