using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Tests.Protocol;

/// <summary>One kernel for all tests of this class: each must leave it alive.</summary>
public sealed class AssistanceTests(ProtocolTests.RunningKernel kernel) : IClassFixture<ProtocolTests.RunningKernel>
{
    private readonly JupyterClient _client = kernel.Client;

    [Theory]
    [InlineData("Console.WriteL", 14, "WriteLine", 8, 14)]
    [InlineData("\"😀\".Substr", 10, "Substring", 4, 10)]
    public void Completion_counts_in_code_points(string code, int cursor, string match, int start, int end)
    {
        var content = _client.Reply(_client.Ask("complete_request", new JsonObject { ["code"] = code, ["cursor_pos"] = cursor }))["content"]!;
        Assert.Equal([match], content["matches"]!.AsArray().Select(m => (string?)m));
        Assert.Equal((start, end), ((int?)content["cursor_start"], (int?)content["cursor_end"]));
    }

    [Fact]
    public void Completion_and_inspection_know_what_earlier_cells_declared()
    {
        _client.Execute("var temperature = 21.5; /* loops are checked */ for (var i = 0; i < 2; i++) { }");
        var completion = _client.Reply(_client.Ask("complete_request", new JsonObject { ["code"] = "tempera", ["cursor_pos"] = 7 }))["content"]!;
        Assert.Equal("temperature", (string?)completion["matches"]![0]);
        var inspection = _client.Reply(_client.Ask("inspect_request", new JsonObject { ["code"] = "temperature", ["cursor_pos"] = 11, ["detail_level"] = 0 }))["content"]!;
        Assert.True((bool?)inspection["found"]);
        Assert.Contains("double temperature", (string?)inspection["data"]!["text/plain"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("var x = 1;", "complete")]
    [InlineData("Math.Max?", "complete")]
    [InlineData("??Math.Max", "complete")]
    [InlineData("if (true) {", "incomplete")]
    [InlineData("var = ;", "invalid")]
    public void Is_complete_tells_what_the_return_key_should_do(string code, string expected) =>
        Assert.Equal(expected, (string?)_client.Reply(_client.Ask("is_complete_request", new JsonObject { ["code"] = code }))["content"]!["status"]);

    [Theory]
    [InlineData("Math.Max?", "Max")]
    [InlineData("?length_of_it", "int length_of_it")]
    [InlineData("Console.WriteLine??", "WriteLine")]
    public void A_name_with_a_mark_is_shown_in_the_pager(string code, string expected)
    {
        _client.Execute("var length_of_it = 3;");
        var (reply, published) = _client.Execute(code);
        Assert.Equal("ok", (string?)reply["status"]);
        var page = reply["payload"]!.AsArray().Single()!;
        Assert.Equal("page", (string?)page["source"]);
        Assert.Contains(expected, (string?)page["data"]!["text/plain"], StringComparison.Ordinal);
        Assert.DoesNotContain(published, m => (string?)m["header"]!["msg_type"] is "error" or "stream");
    }

    [Fact]
    public void A_name_that_means_nothing_is_answered_in_a_sentence()
    {
        var (reply, published) = _client.Execute("no_such_name?");
        Assert.Equal("ok", (string?)reply["status"]);
        Assert.Empty(reply["payload"]!.AsArray());
        Assert.Equal("There is nothing named no_such_name here.\n", (string?)published.Single(m => (string?)m["header"]!["msg_type"] == "stream")["content"]!["text"]);
    }
}
