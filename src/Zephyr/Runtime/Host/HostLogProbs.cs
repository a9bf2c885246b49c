using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Zephyr.Runtime.Host;

/// <summary>log p(target) from bf16 logits in the CPU's memory, without a wide table: the logits are kept, and their gradient is made from them.</summary>
/// <remarks>log p = z[target] − log Σ eᶻ, all sums in fp32; backward dz = dy · (1[target] − eᶻ / Σ eᶻ).</remarks>
internal sealed unsafe class HostLogProbs : autograd.SingleTensorFunction<HostLogProbs>
{
    /// <inheritdoc/>
    public override string Name => nameof(HostLogProbs);

    /// <summary>Whether it can take these.</summary>
    public static bool Takes(Tensor logits, Tensor targets) =>
        logits.dtype == ScalarType.BFloat16 && logits.device_type == TorchSharp.DeviceType.CPU && logits.dim() == 2 && logits.is_contiguous() && logits.shape[0] > 0
        && logits.shape[1] >= Lanes.Width && targets.dtype == ScalarType.Int64 && targets.is_contiguous() && targets.dim() == 1 && targets.shape[0] == logits.shape[0];

    /// <param name="logits"><c>[tokens, vocab]</c>.</param>
    /// <param name="targets"><c>[tokens]</c> int64.</param>
    /// <param name="ignored">The target whose log-probability is 0.</param>
    /// <returns>Nats, <c>[tokens]</c> fp32.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A target is neither a row of the vocabulary nor ignored.</exception>
    public static Tensor Of(Tensor logits, Tensor targets, long ignored)
    {
        Check(targets, logits.shape[1], ignored);
        return is_grad_enabled() && logits.requires_grad ? apply(logits, targets, ignored) : Forward(logits, targets, ignored, null);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (logits, targets) = ((Tensor)vars[0], (Tensor)vars[1]);
        var sums = empty(logits.shape[0]); // in the caller's scope: what is kept must outlive this call
        ctx.save_for_backward([logits, targets, sums]);
        return Forward(logits, targets, (long)vars[2], sums);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        return Backward.Guarded(() => [Gradient(saved[0], saved[1], saved[2], grad_output), null!, null!], () => [zeros_like(saved[0]), null!, null!]);
    }

    private static void Check(Tensor targets, long vocab, long ignored)
    {
        var wanted = (long*)MappedTensors.AddressOf(targets);
        for (var row = 0L; row < targets.shape[0]; row++)
        {
            if (wanted[row] != ignored && (wanted[row] < 0 || wanted[row] >= vocab))
            {
                throw new ArgumentOutOfRangeException(nameof(targets), $"Target {row} is token {wanted[row]}, but the logits have a vocabulary of {vocab}.");
            }
        }
    }

    private static Tensor Forward(Tensor logits, Tensor targets, long ignored, Tensor? sums)
    {
        var (rows, vocab) = (logits.shape[0], (int)logits.shape[1]);
        var found = empty(rows);
        var z = (ushort*)MappedTensors.AddressOf(logits);
        var wanted = (long*)MappedTensors.AddressOf(targets);
        var to = (float*)MappedTensors.AddressOf(found);
        var kept = sums is null ? null : (float*)MappedTensors.AddressOf(sums);
        HostLoop.For(rows, row =>
        {
            var sum = LogSum(z + row * vocab, vocab);
            to[row] = wanted[row] == ignored ? 0 : Lanes.One(z[row * vocab + wanted[row]]) - sum;
            if (kept is not null)
            {
                kept[row] = wanted[row] == ignored ? float.PositiveInfinity : sum; // e^(z − ∞) = 0: no gradient
            }
        });
        GC.KeepAlive(logits);
        GC.KeepAlive(targets);
        return found;
    }

    private static Tensor Gradient(Tensor logits, Tensor targets, Tensor sums, Tensor given)
    {
        using var scope = NewDisposeScope();
        var upstream = given.contiguous();
        var gradient = empty_like(logits);
        var (rows, vocab) = (logits.shape[0], (int)logits.shape[1]);
        var z = (ushort*)MappedTensors.AddressOf(logits);
        var wanted = (long*)MappedTensors.AddressOf(targets);
        var sum = (float*)MappedTensors.AddressOf(sums);
        var dy = (float*)MappedTensors.AddressOf(upstream);
        var to = (ushort*)MappedTensors.AddressOf(gradient);
        HostLoop.For(rows, row =>
        {
            var from = z + row * vocab;
            var into = to + row * vocab;
            Back(from, into, vocab, sum[row], dy[row]);
            if (!float.IsPositiveInfinity(sum[row]))
            {
                into[wanted[row]] = Lanes.One(dy[row] * (1 - MathF.Exp(Lanes.One(from[wanted[row]]) - sum[row])));
            }
        });
        return gradient.MoveToOuterDisposeScope();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float LogSum(ushort* z, int vocab)
    {
        var whole = vocab - (vocab % Lanes.Width);
        var largest = Lanes.Load(z);
        for (var i = Lanes.Width; i < whole; i += Lanes.Width)
        {
            largest = Vector512.MaxNative(largest, Lanes.Load(z + i));
        }

        var most = float.NegativeInfinity;
        for (var lane = 0; lane < Lanes.Width; lane++)
        {
            most = Math.Max(most, largest[lane]);
        }

        for (var i = whole; i < vocab; i++)
        {
            most = Math.Max(most, Lanes.One(z[i]));
        }

        var (sums, middle) = (Vector512<float>.Zero, Vector512.Create(most));
        for (var i = 0; i < whole; i += Lanes.Width)
        {
            sums += Lanes.Exp(Lanes.Load(z + i) - middle);
        }

        var sum = Vector512.Sum(sums);
        for (var i = whole; i < vocab; i++)
        {
            sum += MathF.Exp(Lanes.One(z[i]) - most);
        }

        return most + MathF.Log(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Back(ushort* z, ushort* gradient, int vocab, float sum, float dy)
    {
        var whole = vocab - (vocab % Lanes.Width);
        var (middle, by) = (Vector512.Create(sum), Vector512.Create(-dy));
        for (var i = 0; i < whole; i += Lanes.Width)
        {
            Lanes.Store(Lanes.Exp(Lanes.Load(z + i) - middle) * by, gradient + i);
        }

        for (var i = whole; i < vocab; i++)
        {
            gradient[i] = Lanes.One(-dy * MathF.Exp(Lanes.One(z[i]) - sum));
        }
    }
}
