using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Zephyr.Runtime.Host;

/// <summary>The rotary embedding in one pass over bf16 heads in the CPU's memory, read where the projection left them and written head by head.</summary>
/// <remarks>(a, b) → (a cos − b sin, b cos + a sin) for dimensions i and i + headSize / 2; backward is the turn by the opposite angle.</remarks>
internal sealed unsafe class HostRotate : autograd.SingleTensorFunction<HostRotate>
{
    /// <inheritdoc/>
    public override string Name => nameof(HostRotate);

    /// <summary>Whether it can take these.</summary>
    public static bool Takes(Tensor x, Tensor cos, Tensor sin) =>
        x.dtype == ScalarType.BFloat16 && cos.dtype == ScalarType.BFloat16 && x.device_type == TorchSharp.DeviceType.CPU && x.stride(3) == 1
        && x.shape[3] % (2 * Lanes.Width) == 0 && cos.is_contiguous() && sin.is_contiguous();

    /// <param name="x"><c>[batch, heads, time, headSize]</c>, any strides but the last.</param>
    /// <param name="cos"><c>[1 or batch, 1, time, headSize / 2]</c>.</param>
    /// <param name="sin">As <paramref name="cos"/>.</param>
    /// <returns>Same shape, contiguous.</returns>
    public static Tensor Of(Tensor x, Tensor cos, Tensor sin) => is_grad_enabled() && x.requires_grad ? apply(x, cos, sin) : Turned(x, cos, sin, 1, empty(x.shape, x.dtype));

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, cos, sin) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        ctx.save_for_backward([cos, sin]);
        return Turned(x, cos, sin, 1, empty(x.shape, x.dtype));
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        return Backward.Guarded(
            () =>
            {
                using var scope = NewDisposeScope();
                var (batch, heads, time, size) = (grad_output.shape[0], grad_output.shape[1], grad_output.shape[2], grad_output.shape[3]);
                var given = grad_output.stride(3) == 1 ? grad_output : grad_output.contiguous();
                return [Turned(given, saved[0], saved[1], -1, empty([batch, time, heads, size], given.dtype).transpose(1, 2)).MoveToOuterDisposeScope(), null!, null!];
            },
            () => [zeros_like(grad_output), null!, null!]);
    }

    private static Tensor Turned(Tensor x, Tensor cos, Tensor sin, int direction, Tensor y)
    {
        var (heads, time, half) = (x.shape[1], x.shape[2], (int)x.shape[3] / 2);
        var from = (ushort*)MappedTensors.StartOf(x);
        var to = (ushort*)MappedTensors.StartOf(y);
        var c = (ushort*)MappedTensors.AddressOf(cos);
        var s = (ushort*)MappedTensors.AddressOf(sin);
        long[] read = x.stride(), write = y.stride();
        var tableStep = cos.shape[0] == 1 ? 0 : time * half;
        HostLoop.For(x.shape[0] * heads, at =>
        {
            var (row, head) = (at / heads, at % heads);
            Head(from + row * read[0] + head * read[1], read[2], to + row * write[0] + head * write[1], write[2], c + row * tableStep, s + row * tableStep, time, half, direction);
        });
        GC.KeepAlive(x);
        GC.KeepAlive(cos);
        GC.KeepAlive(sin);
        return y;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Head(ushort* x, long readStep, ushort* y, long writeStep, ushort* cos, ushort* sin, long time, int half, int direction)
    {
        var sign = Vector512.Create((float)direction);
        for (var t = 0L; t < time; t++, x += readStep, y += writeStep, cos += half, sin += half)
        {
            for (var i = 0; i < half; i += Lanes.Width)
            {
                var (a, b, c, s) = (Lanes.Load(x + i), Lanes.Load(x + half + i), Lanes.Load(cos + i), Lanes.Load(sin + i) * sign);
                Lanes.Store(a * c - b * s, y + i);
                Lanes.Store(b * c + a * s, y + half + i);
            }
        }
    }
}
