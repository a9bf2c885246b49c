using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>Tensors over memory that somebody else owns, and the memory of tensors.</summary>
internal static unsafe partial class MappedTensors
{
    private static readonly delegate* unmanaged[Cdecl]<nint, void> Nothing = &KeepMemory;

    /// <summary>A CPU tensor over given memory, without a copy. The memory must outlive the tensor, and a tensor over read-only memory must not be written.</summary>
    /// <param name="memory">Address of the first element, aligned for its type.</param>
    /// <param name="shape">Sizes; the elements lie row by row.</param>
    /// <param name="type">Element type.</param>
    public static Tensor Over(nint memory, long[] shape, ScalarType type)
    {
        Startup.Start();
        fixed (long* sizes = shape)
        {
            var handle = NewTensor(memory, (nint)Nothing, (nint)sizes, shape.Length, (sbyte)type, (sbyte)type, (int)DeviceType.CPU, 0, 0);
            return handle != 0 ? Tensor.UnsafeCreateTensor(handle) : throw new InvalidOperationException($"No tensor over memory: {type} [{string.Join(", ", shape)}].");
        }
    }

    /// <summary>Address of a contiguous CPU tensor's first element; valid while the tensor lives.</summary>
    /// <exception cref="ArgumentException">The tensor is elsewhere, or not contiguous.</exception>
    public static nint AddressOf(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU && tensor.is_contiguous()
            ? Data(tensor.Handle)
            : throw new ArgumentException($"A contiguous CPU tensor is needed; this one is on {tensor.device}{(tensor.is_contiguous() ? "" : " and not contiguous")}.", nameof(tensor));

    /// <summary>Address of a CPU tensor's first element, whatever its strides; valid while the tensor lives.</summary>
    /// <exception cref="ArgumentException">The tensor is elsewhere.</exception>
    public static nint StartOf(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU ? Data(tensor.Handle) : throw new ArgumentException($"A CPU tensor is needed; this one is on {tensor.device}.", nameof(tensor));

    /// <summary>One row of a contiguous fp32 CPU matrix, without a copy; valid while the matrix lives.</summary>
    /// <param name="matrix"><c>[rows, columns]</c>.</param>
    /// <param name="row">Row number.</param>
    /// <exception cref="ArgumentException">Not such a matrix, or it has no such row.</exception>
    public static ReadOnlySpan<float> Row(Tensor matrix, int row) =>
        matrix.dim() == 2 && matrix.dtype == ScalarType.Float32 && row >= 0 && row < matrix.shape[0]
            ? new((float*)AddressOf(matrix) + row * matrix.shape[1], (int)matrix.shape[1])
            : throw new ArgumentException($"Row {row} of an fp32 matrix is needed; this is {matrix.dtype} [{string.Join(", ", matrix.shape)}].", nameof(matrix));

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void KeepMemory(nint memory)
    {
        _ = memory;
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_new")]
    private static partial nint NewTensor(nint data, nint deleter, nint sizes, int dimensions, sbyte type, sbyte targetType, int deviceType, int deviceIndex, byte requiresGrad);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static partial nint Data(nint tensor);
}
