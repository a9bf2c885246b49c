using Zephyr.Runtime;

namespace Zephyr.Benchmarks;

/// <summary>Looks at the C library's books every millisecond while something runs: the most bytes in use at a time.</summary>
internal static class MemoryWatch
{
    /// <returns>The largest number of bytes in use while <paramref name="run"/> ran; 0 where the system keeps no such books.</returns>
    public static long Peak(Action run)
    {
        var (peak, stop) = (NativeMemory.InUse ?? 0, false);
        var watch = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                peak = Math.Max(peak, NativeMemory.InUse ?? 0);
                Thread.Sleep(1);
            }
        });
        watch.Start();
        run();
        Volatile.Write(ref stop, true);
        watch.Join();
        return peak;
    }
}
