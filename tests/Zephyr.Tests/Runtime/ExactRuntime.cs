using System.Runtime.CompilerServices;
using Zephyr.Runtime;

namespace Zephyr.Tests.Runtime;

/// <summary>All tests of this assembly run with one thread and plain fp32 products, so that their numbers repeat.</summary>
internal static class ExactRuntime
{
    [ModuleInitializer]
    internal static void Start() => Startup.Start(RuntimeOptions.Exact);
}
