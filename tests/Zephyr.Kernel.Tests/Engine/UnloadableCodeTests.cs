namespace Zephyr.Kernel.Tests.Engine;

/// <summary>The code of every cell can be unloaded; the runtime treats such code apart in places.</summary>
public class UnloadableCodeTests
{
    [Theory]
    [InlineData("using System.Runtime.InteropServices; static class N { [DllImport(\"libc\")] public static extern int getpid(); }", "N.getpid() == Environment.ProcessId")]
    [InlineData("static class S { [ThreadStatic] public static int V; }", "S.V = 4; var seen = 1; var th = new Thread(() => { seen = S.V; S.V = 9; }); th.Start(); th.Join(); seen == 0 && S.V == 4")]
    [InlineData("using System.Runtime.InteropServices; static unsafe class U { [UnmanagedCallersOnly] public static int Cmp(int* a, int* b) => *a - *b; [DllImport(\"libc\")] static extern void qsort(int* p, nint n, nint size, delegate* unmanaged<int*, int*, int> f); public static void Sort(int[] x) { fixed (int* p = x) qsort(p, x.Length, 4, &Cmp); } }", "var q = new[] { 3, 1, 2 }; U.Sort(q); q[0] == 1 && q[2] == 3")]
    [InlineData("using System.Runtime.InteropServices; delegate int Cmp(IntPtr a, IntPtr b); static class V { [DllImport(\"libc\")] public static extern void qsort(int[] p, nint n, nint size, Cmp f); }", "var q = new[] { 3, 1, 2 }; V.qsort(q, 3, 4, (a, b) => Marshal.ReadInt32(a) - Marshal.ReadInt32(b)); q[0] >= 1")]
    [InlineData("record P(int A, string B);", "System.Text.Json.JsonSerializer.Serialize(new P(1, \"x\")) == \"{\\\"A\\\":1,\\\"B\\\":\\\"x\\\"}\"")]
    [InlineData("using System.Reflection; public interface IHi { int Hi(); } public class Proxy : DispatchProxy { protected override object Invoke(MethodInfo m, object[] a) => 5; }", "DispatchProxy.Create<IHi, Proxy>().Hi() == 5")]
    [InlineData("using System.Linq.Expressions; record P(int A); Expression<Func<P, int>> e = p => p.A + 1;", "e.Compile()(new P(2)) == 3")]
    [InlineData("static class L { public static readonly int[] T = [1, 2, 3]; public static ReadOnlySpan<byte> B => [1, 2, 3]; }", "L.T.Length + L.B.Length == 6")]
    [InlineData("[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential)] struct W { public int A; public byte B; }", "System.Runtime.InteropServices.Marshal.SizeOf<W>() == 8")]
    [InlineData("async IAsyncEnumerable<int> Gen() { for (var i = 0; i < 3; i++) { await Task.Delay(1); yield return i; } }", "var total = 0; await foreach (var i in Gen()) total += i; total == 3")]
    [InlineData("class Fin { public static int Dead; ~Fin() { Dead++; } } void Make() { new Fin(); }", "Make(); for (var i = 0; i < 20 && Fin.Dead == 0; i++) { GC.Collect(); GC.WaitForPendingFinalizers(); } Fin.Dead == 1")]
    [InlineData("class Gen<T> where T : new() { public static T Value = new(); public virtual U Id<U>(U u) => u; } class Der : Gen<int> { }", "new Der().Id(\"a\") + Gen<int>.Value == \"a0\"")]
    public void Does_what_other_code_does(string code, string question)
    {
        using var session = new Session();
        session.Run(code);
        Assert.Null(session.Error);
        Assert.Equal(["result:true"], session.Run(question));
    }
}
