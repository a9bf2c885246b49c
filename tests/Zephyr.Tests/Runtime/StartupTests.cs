using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Tests.Runtime;

public sealed class StartupTests
{
    [Fact]
    public void A_second_start_changes_nothing()
    {
        var first = Startup.Start();

        Assert.Same(first, Startup.Start(new RuntimeOptions { Threads = 7 }));
        Assert.Equal(1, get_num_threads());
        Assert.Equal(1, first.Threads);
    }

    [Fact]
    public void Every_shortcut_is_taken_on_linux_and_says_how_near_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Which shortcuts hold elsewhere is not known.");
        var choices = Startup.Report.Choices.ToDictionary(choice => choice.Name);

        foreach (var name in new[] { "waiting threads", "native libraries", "rms_norm", "embedding", "folded attention", "fused attention", "fused AdamW" })
        {
            Assert.True(choices[name].Taken, $"{name}: {choices[name].Detail}");
        }

        Assert.Contains("of the plain operation", choices["folded attention"].Detail, StringComparison.Ordinal);
        Assert.False(choices["fast fp32 products"].Taken); // tests run exact
        Assert.False(choices["managed kernels"].Taken);
    }

    [Fact]
    public void A_wrong_shortcut_is_found()
    {
        using var scope = NewDisposeScope();

        Assert.True(SelfCheck.Compare(x => x[0].exp(), x => x[0].exp() * 1.001, [5]) > 1e-4);
        Assert.True(SelfCheck.Compare(x => x[0].exp(), x => x[0].detach().exp() + x[0] - x[0].detach(), [5]) > 1e-2);
    }
}
