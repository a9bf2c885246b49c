using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>
/// How fp32 products are made. "medium" hands them to oneDNN, about twice as fast on processors with AVX-512 and still
/// fp32 there, but bf16 on those with AMX; so it is taken only where a product shows that it is exact.
/// </summary>
internal static unsafe class Precision
{
    private const string Context = "_ZN2at13globalContextEv";
    private const string Setter = "_ZN2at7Context25setFloat32MatmulPrecisionERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE";
    private const double Tolerance = 1e-5;

    public static RuntimeChoice Choose(bool fast)
    {
        const string Name = "fast fp32 products";
        if (!fast)
        {
            return new(Name, false, "not wanted: plain fp32");
        }

        if (!OperatingSystem.IsLinux() || Natives.TorchCpu == 0
            || !NativeLibrary.TryGetExport(Natives.TorchCpu, Context, out var context) || !NativeLibrary.TryGetExport(Natives.TorchCpu, Setter, out var setter))
        {
            return new(Name, false, "the native library has no switch for it: plain fp32");
        }

        using var scope = NewDisposeScope();
        using var none = no_grad();
        var (a, b) = (SelfCheck.Ramp([96, 512], 0), SelfCheck.Ramp([512, 160], 1));
        var plain = a.mm(b);
        Set(context, setter, "medium"u8);
        var gap = (a.mm(b) - plain).abs().max().item<float>() / plain.abs().max().item<float>();
        if (gap <= Tolerance)
        {
            return new(Name, true, $"oneDNN, within {gap:0.0e0} of plain fp32");
        }

        Set(context, setter, "highest"u8);
        return new(Name, false, $"oneDNN is {gap:0.0e0} from plain fp32 on this processor, {Tolerance:0e0} allowed: plain fp32");
    }

    /// <summary>Calls the setter with a std::string in libstdc++'s short form: pointer to its own byte 16, length, characters.</summary>
    private static void Set(nint context, nint setter, ReadOnlySpan<byte> value)
    {
        var text = stackalloc byte[32];
        new Span<byte>(text, 32).Clear();
        *(byte**)text = text + 16;
        *(long*)(text + 8) = value.Length;
        value.CopyTo(new Span<byte>(text + 16, 15));
        var global = ((delegate* unmanaged[Cdecl]<nint>)context)();
        ((delegate* unmanaged[Cdecl]<nint, byte*, void>)setter)(global, text);
    }
}
