namespace Zephyr.Tests;

public class RuntimeSmokeTests
{
    [Fact]
    public void Torch_loads() => Assert.Equal(4, TorchSharp.torch.ones(2, 2).sum().item<float>());
}
