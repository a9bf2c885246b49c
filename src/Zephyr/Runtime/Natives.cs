using System.Runtime.InteropServices;

namespace Zephyr.Runtime;

/// <summary>Loads the native libraries by full path and in order, so that a notebook or script, whose own folder has none, finds them.</summary>
internal static class Natives
{
    /// <summary>In order of need. Those that a package lacks are passed over; the last one is the binding itself.</summary>
    private static string[] Names =>
        OperatingSystem.IsWindows() ? ["c10.dll", "torch_cpu.dll", "torch.dll", "LibTorchSharp.dll"]
        : OperatingSystem.IsMacOS() ? ["libc10.dylib", "libtorch_cpu.dylib", "libtorch.dylib", "libLibTorchSharp.dylib"]
        : ["libc10.so", "libtorch_cpu.so", "libtorch.so", "libLibTorchSharp.so"];

    /// <summary>The handle of the library that holds the tensor operations; zero where it was not found.</summary>
    public static nint TorchCpu { get; private set; }

    public static RuntimeChoice Load()
    {
        var names = Names;
        var folder = new[] { Path.GetDirectoryName(typeof(Natives).Assembly.Location), AppContext.BaseDirectory }
            .FirstOrDefault(candidate => !string.IsNullOrEmpty(candidate) && File.Exists(Path.Combine(candidate, names[^1])));
        if (folder is null)
        {
            return new("native libraries", false, $"no {names[^1]} beside Zephyr.dll or in {AppContext.BaseDirectory}; left to TorchSharp's own search");
        }

        foreach (var name in names.Where(name => File.Exists(Path.Combine(folder, name))))
        {
            var handle = NativeLibrary.Load(Path.Combine(folder, name));
            if (name == names[1])
            {
                TorchCpu = handle;
            }
        }

        return new("native libraries", true, $"from {folder}");
    }
}
