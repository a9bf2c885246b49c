using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Zephyr.Runtime.Host;

/// <summary>silu(gate) · up in one pass forward and one backward, over bf16 in the CPU's memory; rounded once, not after every operation.</summary>
/// <remarks>With σ = 1 / (1 + e⁻ᵍ): y = g · σ · u; dg = dy · u · σ · (1 + g · (1 − σ)), du = dy · g · σ.</remarks>
internal sealed unsafe class HostSwiGlu : autograd.SingleTensorFunction<HostSwiGlu>
{
    private const int AGroup = 1 << 14; // numbers

    /// <inheritdoc/>
    public override string Name => nameof(HostSwiGlu);

    /// <summary>Whether it can take these.</summary>
    public static bool Takes(Tensor gate, Tensor up) =>
        gate.dtype == ScalarType.BFloat16 && up.dtype == ScalarType.BFloat16 && gate.device_type == TorchSharp.DeviceType.CPU
        && gate.is_contiguous() && up.is_contiguous() && gate.numel() == up.numel() && gate.numel() % Lanes.Width == 0;

    /// <summary>silu(gate) · up; same shape as both.</summary>
    public static Tensor Of(Tensor gate, Tensor up) =>
        is_grad_enabled() && (gate.requires_grad || up.requires_grad) ? apply(gate, up) : Forward(gate, up);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (gate, up) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([gate, up]);
        return Forward(gate, up);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        return Backward.Guarded(() => Gradients(saved[0], saved[1], grad_output), () => [zeros_like(saved[0]), zeros_like(saved[1])]);
    }

    private static Tensor Forward(Tensor gate, Tensor up)
    {
        var y = empty_like(gate);
        var g = (ushort*)MappedTensors.AddressOf(gate);
        var u = (ushort*)MappedTensors.AddressOf(up);
        var to = (ushort*)MappedTensors.AddressOf(y);
        var count = gate.numel();
        HostLoop.For((count + AGroup - 1) / AGroup, group => Make(g + group * AGroup, u + group * AGroup, to + group * AGroup, Math.Min(AGroup, count - group * AGroup)));
        GC.KeepAlive(gate);
        GC.KeepAlive(up);
        return y;
    }

    private static List<Tensor> Gradients(Tensor gate, Tensor up, Tensor given)
    {
        using var scope = NewDisposeScope();
        var upstream = given.contiguous();
        var (ofGate, ofUp) = (empty_like(gate), empty_like(up));
        var g = (ushort*)MappedTensors.AddressOf(gate);
        var u = (ushort*)MappedTensors.AddressOf(up);
        var count = gate.numel();
        var dy = (ushort*)MappedTensors.AddressOf(upstream);
        var dg = (ushort*)MappedTensors.AddressOf(ofGate);
        var du = (ushort*)MappedTensors.AddressOf(ofUp);
        HostLoop.For((count + AGroup - 1) / AGroup, group =>
        {
            var at = group * AGroup;
            MakeBack(g + at, u + at, dy + at, dg + at, du + at, Math.Min(AGroup, count - at));
        });
        return [ofGate.MoveToOuterDisposeScope(), ofUp.MoveToOuterDisposeScope()];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Make(ushort* gate, ushort* up, ushort* y, long count)
    {
        for (var i = 0L; i < count; i += Lanes.Width)
        {
            var g = Lanes.Load(gate + i);
            Lanes.Store(g / (Vector512<float>.One + Lanes.Exp(-g)) * Lanes.Load(up + i), y + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MakeBack(ushort* gate, ushort* up, ushort* dy, ushort* dg, ushort* du, long count)
    {
        for (var i = 0L; i < count; i += Lanes.Width)
        {
            var (g, d) = (Lanes.Load(gate + i), Lanes.Load(dy + i));
            var sigma = Vector512<float>.One / (Vector512<float>.One + Lanes.Exp(-g));
            Lanes.Store(d * g * sigma, du + i);
            Lanes.Store(d * Lanes.Load(up + i) * sigma * (Vector512<float>.One + g * (Vector512<float>.One - sigma)), dg + i);
        }
    }
}
