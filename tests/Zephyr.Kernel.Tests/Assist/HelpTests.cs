using System.Globalization;

namespace Zephyr.Kernel.Tests.Assist;

public sealed class HelpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("help-").FullName;
    private readonly Session _session = new();

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("\"\".Trim|", "Removes all leading and trailing white-space characters from the current string.")] // String is in System.Runtime
    [InlineData("new List<int>().Add|(1)", "Adds an object to the end of the `List`.")] // List is in the core library, its documentation in System.Collections
    [InlineData("Enumerable.Range|(0, 3)", "Generates a sequence of integral numbers within a specified range.")]
    [InlineData("Path.Combine|(\"a\", \"b\")", "- `path1`: The first path to combine.")]
    [InlineData("int.Parse|(\"1\")", "- throws `FormatException`: ")]
    public void The_framework_is_documented(string code, string expected) => Assert.Contains(expected, Help(code), StringComparison.Ordinal);

    [Fact]
    public void Documentation_of_a_library_becomes_Markdown()
    {
        var file = Library.Compile(_folder, "DocumentedOfTheTest", """
            namespace Documented;
            /// <summary>The base.</summary>
            public class Base
            {
                /// <summary>Divides <paramref name="x"/> by <c>y * 2</c>,
                /// not by <see cref="System.Math.Abs(int)"/> &lt;or *that*>.
                /// <para>Second.</para>
                /// <list type="bullet"><item><description>one</description></item><item><description>two</description></item></list></summary>
                /// <param name="x">The <see langword="null"/> one.</param>
                /// <returns>A <see cref="Base"/>.</returns>
                /// <exception cref="System.DivideByZeroException">when y is 0</exception>
                /// <remarks>Only when asked.</remarks>
                public virtual Base Divide(int x) => this;
            }
            public class Derived : Base { /// <inheritdoc/>
                public override Base Divide(int x) => this; }
            """);
        _session.Run($"#r \"{file}\"\nusing Documented;");
        const string Body = """
            Divides `x` by `y * 2`, not by `Math.Abs` \<or \*that\*\>.

            Second.

            - one
            - two

            - `x`: The `null` one.

            Returns: A `Base`.

            - throws `DivideByZeroException`: when y is 0
            """;
        Assert.Equal($"```csharp\nBase Base.Divide(int x)\n```\n\n{Body}".ReplaceLineEndings("\n"), Help("new Base().Divide|(1)"));
        Assert.EndsWith(Body.ReplaceLineEndings("\n"), Help("new Derived().Divide|(1)"), StringComparison.Ordinal);
        Assert.EndsWith("\n\nOnly when asked.", _session.Engine.Explain("new Base().Divide", 17, everything: true), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_cell_documents_is_known_to_later_cells()
    {
        _session.Run("/// <summary>Doubles a number.</summary>\nint Twice(int x) => 2 * x;");
        Assert.EndsWith("\n\nDoubles a number.", Help("Twice|"), StringComparison.Ordinal);
        Assert.Contains("Parameter 1 of 1: **`int x`**", Help("Twice(|"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Math.Max(1, |", "**`int val2`** The second of two")]
    [InlineData("Math.Max(1, |2)", "**`int val2`**")]
    [InlineData("Math.Max(|1, 2)", "**`int val1`**")]
    [InlineData("Math.Abs(Math.Max(1.5, |2))", "**`double val2`**")]
    [InlineData("Math.Abs(Math.Max(1, 2)|)", "**`int value`**")]
    [InlineData("new string('x', |)", "**`int count`** The number of times")]
    [InlineData("Random made = new(|)", "Random.Random()")]
    [InlineData("string.Join(\",\", \"1\", \"2\", |)", "**`params string?[] value`**")]
    [InlineData("Path.Combine(path2: |\"b\", path1: \"a\")", "Parameter 2 of 2: **`string path2`**")]
    [InlineData("new[] { 1 }.Select(|", "Func<int, TResult> selector")]
    [InlineData("Console.WriteLine(|)", "overloads:")]
    public void Inside_an_argument_list_the_overloads_and_the_current_parameter_are_shown(string code, string expected) =>
        Assert.Contains(expected, Help(code), StringComparison.Ordinal);

    [Fact]
    public void A_delegate_of_an_earlier_cell_has_parameters_too()
    {
        _session.Run("Func<int, string> name = number => \"\";");
        Assert.Contains("Parameter 1 of 1: **`int arg`**", Help("name(|)"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Math.Max(1, 2)|")]
    [InlineData("Math.Max(1, Math.PI|)")]
    [InlineData("unknown(|")]
    public void Elsewhere_no_parameter_is_shown(string code) => Assert.DoesNotContain("Parameter", Help(code), StringComparison.Ordinal);

    [Fact]
    public void Answers_come_at_once_after_fifty_cells()
    {
        _session.Run("using System.Globalization;");
        for (var i = 0; i < 50; i++)
        {
            _session.Run(string.Create(CultureInfo.InvariantCulture, $"int value{i} = {i}; string Name{i}(int x) => $\"{{x + value{i}}}\"; record R{i}(int A);"));
        }

        var times = new List<double>();
        for (var i = 0; i < 11; i++)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            Assert.Contains("value49", _session.Engine.Complete("valu", 4).Names);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        var later = times.Skip(1).Order().ElementAt(5);
        TestContext.Current.TestOutputHelper!.WriteLine($"completion over 50 cells: first {times[0]:0} ms, then {later:0} ms");
        Assert.True(later < 500, $"{later:0} ms");
    }

    /// <summary>The help at the bar.</summary>
    private string Help(string code) => _session.Engine.Explain(code.Replace("|", "", StringComparison.Ordinal), code.IndexOf('|', StringComparison.Ordinal)) ?? "";
}
