using System.Globalization;

namespace Zephyr.Kernel.Tests.Engine;

/// <summary>A session of small cells that declare, declare again, call, change, hand on and forget each other's things.</summary>
internal sealed class RandomCells(int seed)
{
    private static readonly string[] Variables = ["a", "b", "c", "d", "shared"];
    private static readonly string[] Functions = ["F", "G", "H", "shared"];
    private static readonly string[] Types = ["T", "U"];

    private readonly Random _random = new(seed);

    /// <summary>What each session begins with: names that all cells may use.</summary>
    public static string First => """
        var a = 1; var b = 2; var c = 3; var d = 4; var shared = 5; var later = new List<Action>(); Func<int> f = () => a; Func<int> g = () => b; object o = 0; var greet = (int x = 2) => x;
        int F(int x) => x; int G(int x) => -x; int H(int x) => x * x; record T(int A); record U(int A); var t = new T(1); var u = new U(2);
        """;

    /// <summary>A cell.</summary>
    public string Next() => _random.Next(28) switch
    {
        0 or 1 or 2 => $"var {V()} = {N()};",
        3 => $"var {V()} = {F()}({N()});",
        4 => $"{V()} += {V()}; {V()}",
        5 => $"var ({Variables[_random.Next(2)]}, {Variables[2 + _random.Next(2)]}) = ({N()}, {N()});",
        6 => $"Func<int> {D()} = () => {V()}++ + {V()};",
        7 => $"later.Add(() => {V()} += {N()});",
        8 => "foreach (var one in later.ToArray()) { one(); }",
        9 => $"{D()}()",
        10 => $"int {F()}(int x) => x + {V()};",
        11 => $"int {F()}(string s) => s.Length + {V()};",
        12 => $"{F()}({N()})",
        13 => $"{F()}(\"ab\")",
        14 => $"record {Types[_random.Next(2)]}(int A, int B = {N()}) {{ public int Sum(int k) => A + B + k; }}",
        15 => $"var {(_random.Next(2) == 0 ? "t = new T" : "u = new U")}({N()});",
        16 => $"{(_random.Next(2) == 0 ? "t" : "u")}.ToString()",
        17 => $"new T({N()}).Sum({V()})",
        18 => _random.Next(4) == 0 ? $"o = new {{ A = {V()} }};" : $"o.Equals({N()})",
        19 => $"(from q in new[] {{ 1, 2 }} select q + {V()}).Sum()",
        20 => $"Func<int, int> {D()} = {F()};",
        21 => $"(from q in new[] {{ 1, 2 }} let r = q * {N()} select r + {V()}).Sum()",
        22 => $"int L() => (from q in new[] {{ 1, 2 }} from r in new[] {{ 3, 4 }} select q * r + {V()}).Sum(); L()",
        23 => $"var greet = (int x = {N()}) => x + {V()};",
        24 => "greet()",
        25 => $"{Functions[_random.Next(3)]}(x: {N()})",
        26 => $"int {Functions[_random.Next(3)]}({(_random.Next(2) == 0 ? "params int[] x" : "in int x")}) => 1000 + {V()};",
        _ => "$\"{a} {b} {c} {d} {shared} {later.Count}\"",
    };

    private string V() => Variables[_random.Next(Variables.Length)];

    private string F() => Functions[_random.Next(Functions.Length)];

    private string D() => _random.Next(2) == 0 ? "f" : "g";

    private string N() => _random.Next(10).ToString(CultureInfo.InvariantCulture);
}
