using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;
using Zephyr.Runtime;
using Zephyr.Tests.Architecture;
using Zephyr.Tests.Model;
using static TorchSharp.torch;

namespace Zephyr.Tests.Runtime;

/// <summary>TorchSharp's boxes of numbers: what is lost during a call, and what is kept.</summary>
public class ScalarsTests
{
    /// <summary>The upstream fault, shown without a race: nothing but the address is held during the call, so a collection may free the box.</summary>
    [Fact]
    public void A_box_of_torchsharps_own_is_lost_at_the_next_collection_and_a_kept_one_is_not()
    {
        var (own, kept) = (Box(() => 1.5), Box(() => Scalars.Of(1.5)));

        Collect();

        Assert.False(own.IsAlive);
        Assert.True(kept.IsAlive);
    }

    [Fact]
    public void A_kept_box_is_let_go_after_as_many_later_ones()
    {
        var box = Box(() => Scalars.Of(2.5));
        for (var i = 0; i < Scalars.Kept; i++)
        {
            _ = Scalars.Of(i);
        }

        Collect();

        Assert.False(box.IsAlive);
    }

    [Fact]
    public void Operations_equal_torchsharps_operators()
    {
        using var scope = NewDisposeScope();
        var (x, y, whole) = (SelfCheck.Ramp([2, 3], 0), SelfCheck.Ramp([2, 3], 1), arange(6, ScalarType.Int64));

        Close.To(x + y, x.Plus(y), 0);
        Close.To(x + 0.25, x.Plus(0.25), 0);
        Close.To(x * 0.3, x.Times(0.3), 0);
        Close.To(x / 3.0, x.Over(3), 0);
        Assert.Equal([-2L, -1, 0, 1, 2, 3], whole.Plus(-2).data<long>().ToArray());
    }

    /// <summary>Every call in the library that would make TorchSharp box a number for itself.</summary>
    [Fact]
    public void The_library_hands_torchsharp_no_number_that_may_be_lost()
    {
        var loose =
            from type in Assembly.Load("Zephyr").GetTypes()
            from method in type.GetMethods(TypeReferences.Everything).Concat<MethodBase>(type.GetConstructors(TypeReferences.Everything))
            from called in TypeReferences.Mentioned(method).OfType<MethodBase>()
            where BoxesANumber(called)
            select $"{type.FullName}.{method.Name} calls {called.DeclaringType!.Name}.{called}";
        Assert.Empty(loose);
    }

    private static bool BoxesANumber(MethodBase called)
    {
        var given = called.GetParameters();
        return called.DeclaringType == typeof(Scalar) ? called.Name == "op_Implicit"
            : called.DeclaringType == typeof(Tensor)
                && ((called.Name.StartsWith("op_", StringComparison.Ordinal) && called.Name is not ("op_Implicit" or "op_Explicit") && given.Any(parameter => parameter.ParameterType.IsPrimitive))
                    || (called.Name is "op_Addition" or "add" or "add_" && given.All(parameter => parameter.ParameterType == typeof(Tensor))));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Box(Func<Scalar> make) => new(make());

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
