using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Zephyr.Runtime.Host;

/// <summary>RMSNorm in one pass forward and one backward, over fp32 rows in the CPU's memory.</summary>
/// <remarks>
/// y = s · x · w with s = 1 / √(mean(x²) + ε); backward, with g = dy · w: dx = s · g − x · s³ · mean(g · x), dw = Σ dy · x · s over rows.
/// Rows are summed in groups of a fixed size, so that the number of threads changes no bit.
/// </remarks>
internal sealed unsafe class HostNorm : autograd.SingleTensorFunction<HostNorm>
{
    private const int RowsAGroup = 64;

    /// <inheritdoc/>
    public override string Name => nameof(HostNorm);

    /// <summary>Whether it can take these.</summary>
    public static bool Takes(Tensor x, Tensor weight) =>
        x.dtype == ScalarType.Float32 && weight.dtype == ScalarType.Float32 && x.device_type == TorchSharp.DeviceType.CPU && x.is_contiguous()
        && weight.is_contiguous() && x.shape[^1] % Lanes.Width == 0 && x.numel() > 0;

    /// <param name="x"><c>[..., hidden]</c>.</param>
    /// <param name="weight"><c>[hidden]</c>.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public static Tensor Of(Tensor x, Tensor weight, double epsilon) =>
        is_grad_enabled() && (x.requires_grad || weight.requires_grad) ? apply(x, weight, epsilon) : Forward(x, weight, epsilon, null);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, epsilon) = ((Tensor)vars[0], (Tensor)vars[1], (double)vars[2]);
        var scales = empty(x.numel() / x.shape[^1]); // in the caller's scope: what is kept must outlive this call
        ctx.save_for_backward([x, weight, scales]);
        return Forward(x, weight, epsilon, scales);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        return Backward.Guarded(() => [.. Gradients(saved[0], saved[1], saved[2], grad_output), null!], () => [zeros_like(saved[0]), zeros_like(saved[1]), null!]);
    }

    private static Tensor Forward(Tensor x, Tensor weight, double epsilon, Tensor? scales)
    {
        var y = empty_like(x);
        var (width, rows) = (x.shape[^1], x.numel() / x.shape[^1]);
        var from = (float*)MappedTensors.AddressOf(x);
        var to = (float*)MappedTensors.AddressOf(y);
        var by = (float*)MappedTensors.AddressOf(weight);
        var kept = scales is null ? null : (float*)MappedTensors.AddressOf(scales);
        HostLoop.For(Groups(rows), group =>
        {
            for (var row = group * RowsAGroup; row < Math.Min(rows, (group + 1) * RowsAGroup); row++)
            {
                var scale = Row(from + row * width, to + row * width, by, (int)width, (float)epsilon);
                if (kept is not null)
                {
                    kept[row] = scale;
                }
            }
        });
        GC.KeepAlive(x);
        GC.KeepAlive(weight);
        return y;
    }

    private static Tensor[] Gradients(Tensor x, Tensor weight, Tensor scales, Tensor given)
    {
        using var scope = NewDisposeScope();
        var upstream = given.contiguous();
        var (width, rows) = (x.shape[^1], x.numel() / x.shape[^1]);
        var (ofX, ofWeight) = (empty_like(x), zeros(Groups(rows), width));
        var from = (float*)MappedTensors.AddressOf(x);
        var dy = (float*)MappedTensors.AddressOf(upstream);
        var dx = (float*)MappedTensors.AddressOf(ofX);
        var dw = (float*)MappedTensors.AddressOf(ofWeight);
        var by = (float*)MappedTensors.AddressOf(weight);
        var scale = (float*)MappedTensors.AddressOf(scales);
        HostLoop.For(Groups(rows), group =>
        {
            for (var row = group * RowsAGroup; row < Math.Min(rows, (group + 1) * RowsAGroup); row++)
            {
                RowBack(from + row * width, dy + row * width, by, scale[row], dx + row * width, dw + group * width, (int)width);
            }
        });
        return [ofX.MoveToOuterDisposeScope(), ofWeight.sum([0]).MoveToOuterDisposeScope()];
    }

    private static long Groups(long rows) => (rows + RowsAGroup - 1) / RowsAGroup;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Row(float* x, float* y, float* weight, int width, float epsilon)
    {
        var squares = Vector512<float>.Zero;
        for (var i = 0; i < width; i += Lanes.Width)
        {
            var value = Vector512.Load(x + i);
            squares += value * value;
        }

        var scale = 1 / MathF.Sqrt(Vector512.Sum(squares) / width + epsilon);
        var lanes = Vector512.Create(scale);
        for (var i = 0; i < width; i += Lanes.Width)
        {
            (Vector512.Load(x + i) * lanes * Vector512.Load(weight + i)).Store(y + i);
        }

        return scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RowBack(float* x, float* dy, float* weight, float scale, float* dx, float* dw, int width)
    {
        var (dots, lanes) = (Vector512<float>.Zero, Vector512.Create(scale));
        for (var i = 0; i < width; i += Lanes.Width)
        {
            var product = Vector512.Load(dy + i) * Vector512.Load(x + i);
            dots += product * Vector512.Load(weight + i);
            (Vector512.Load(dw + i) + product * lanes).Store(dw + i);
        }

        var along = Vector512.Create(Vector512.Sum(dots) / width * scale * scale * scale);
        for (var i = 0; i < width; i += Lanes.Width)
        {
            (Vector512.Load(dy + i) * Vector512.Load(weight + i) * lanes - Vector512.Load(x + i) * along).Store(dx + i);
        }
    }
}
