using TorchSharp;
using Zephyr.Runtime;

namespace Zephyr.Notebooks.Tests;

public class CheckTests
{
    static CheckTests() => Startup.Start();

    [Fact]
    public void Close_numbers_are_said_in_one_line()
    {
        var (byHand, library) = (0.5981388694, 0.5981388);

        Assert.Equal("ok: byHand (0.59814) = library (0.59814), within 1e-6", Check.Close(byHand, library).ToString());
    }

    [Fact]
    public void A_gap_is_told_with_both_values()
    {
        var (byHand, library) = (0.5, 0.75);

        var fault = Assert.Throws<InvalidOperationException>(() => Check.Close(byHand, library, tolerance: 0.1));
        Assert.Equal("byHand is 0.5, but library is 0.75: the gap of 0.25 is above 0.1.", fault.Message);
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    public void What_is_not_a_number_is_close_to_nothing(double actual, double expected)
    {
        Assert.Throws<InvalidOperationException>(() => Check.Close(actual, expected, tolerance: 1e9));
        Assert.Throws<InvalidOperationException>(() => Check.Close(new[] { actual }, new[] { expected }, tolerance: 1e9));
    }

    [Fact]
    public void Tensors_differ_at_a_named_place()
    {
        using var left = torch.tensor(new float[,] { { 1, 2 }, { 3, 4 } });
        using var right = torch.tensor(new float[,] { { 1, 2 }, { 3.5f, 4 } });

        var fault = Assert.Throws<InvalidOperationException>(() => Check.Close(left, right, tolerance: 1e-3));
        Assert.Equal("At [1, 0] left is 3, but right is 3.5: the gap of 0.5 is above 0.001.", fault.Message);
        Assert.Equal("ok: left = left, all 4 values within 1e-6", Check.Close(left, left).ToString());
    }

    [Fact]
    public void Tensors_of_other_types_and_layouts_are_compared_by_value()
    {
        using var left = torch.tensor(new float[,] { { 1, 2 }, { 3, 4 } });
        using var turned = torch.tensor(new double[,] { { 1, 3 }, { 2, 4 } }).t();

        Check.Close(left, turned);
        Check.Close(left.sum(), 10);
    }

    [Fact]
    public void Shapes_that_differ_are_told()
    {
        using var left = torch.zeros(2, 3);
        using var right = torch.zeros(3, 2);

        Assert.Equal("left is [2, 3], right is [3, 2].", Assert.Throws<InvalidOperationException>(() => Check.Close(left, right)).Message);
    }

    [Fact]
    public void Comparing_nothing_is_not_a_success() =>
        Assert.Throws<InvalidOperationException>(() => Check.Close(Array.Empty<double>(), []));

    [Fact]
    public void Equal_sequences_are_compared_by_element()
    {
        int[] ids = [1, 2, 3];

        Assert.Equal("ok: ids = new[] { 1, 2, 3 }, all 3 values", Check.Equal(ids, new[] { 1, 2, 3 }).ToString());
        Assert.Equal("At [1] ids is 2, but new[] { 1, 5, 3 } is 5.", Assert.Throws<InvalidOperationException>(() => Check.Equal(ids, new[] { 1, 5, 3 })).Message);
        Assert.Throws<InvalidOperationException>(() => Check.Equal(ids, [1, 2]));
    }

    [Fact]
    public void Equal_texts_are_quoted()
    {
        var reply = "yes";

        Assert.Equal("ok: reply = \"yes\"", Check.Equal(reply, "yes").ToString());
        Assert.Equal("reply is \"yes\", but \"no\" is \"no\".", Assert.Throws<InvalidOperationException>(() => Check.Equal(reply, "no")).Message);
    }

    [Fact]
    public void A_claim_is_said_in_its_own_words()
    {
        var margin = 2;

        Assert.Equal("ok: margin > 1", Check.True(margin > 1).ToString());
        Assert.Equal("This does not hold: the margin rises", Assert.Throws<InvalidOperationException>(() => Check.True(margin > 3, "the margin rises")).Message);
    }

    [Fact]
    public void An_exercise_is_open_wrong_or_right()
    {
        static Exercise Judge(Func<double, double>? answer) => Exercise.Judge("06", answer, f => f(2) == 4 ? null : $"f(2) is {f(2)}, not 4.");

        Assert.Equal("Exercise 06: not answered yet", Judge(null).ToString());
        Assert.Equal("Exercise 06: not right yet. f(2) is 3, not 4.", Judge(x => x + 1).ToString());
        Assert.Equal("Exercise 06: right", Judge(x => x * x).ToString());
        Assert.Equal([Verdict.Unanswered, Verdict.Wrong, Verdict.Right], new[] { Judge(null), Judge(x => x), Judge(x => x + x) }.Select(e => e.Verdict));
    }

    [Fact]
    public void An_exercise_may_ask_for_a_number()
    {
        static Exercise Judge(double? answer) => Exercise.Judge("03", answer, x => x == 7.24 ? null : "Count the embeddings twice.");

        Assert.Equal([Verdict.Unanswered, Verdict.Wrong, Verdict.Right], new[] { Judge(null), Judge(7), Judge(7.24) }.Select(e => e.Verdict));
    }
}
