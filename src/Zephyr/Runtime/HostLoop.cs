using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>Loops of managed kernels, over as many threads as the native operations take.</summary>
internal static class HostLoop
{
    /// <summary>Calls a body for 0 … count − 1, in any order.</summary>
    public static void For(long count, Action<long> body)
    {
        var threads = get_num_threads();
        if (threads == 1 || count == 1)
        {
            for (var i = 0L; i < count; i++)
            {
                body(i);
            }

            return;
        }

        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
    }
}
