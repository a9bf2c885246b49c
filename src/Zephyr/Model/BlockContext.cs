using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>What all decoder blocks of one pass share.</summary>
/// <param name="Cos">Cosines of the positions' angles, <c>[1 or batch, 1, time, headSize / 2]</c>, in the compute type.</param>
/// <param name="Sin">Sines, likewise.</param>
/// <param name="Mask">Which keys each query sees; <c>null</c> is all.</param>
/// <param name="Cache">Keys and values of the tokens before, when generating.</param>
/// <param name="ComputeType">Type of the products.</param>
public sealed record BlockContext(Tensor Cos, Tensor Sin, AttentionMask? Mask, KvCache? Cache, ScalarType ComputeType);
