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
    [InlineData("if (true) {", "incomplete")]
    [InlineData("var = ;", "invalid")]
    public void Is_complete_tells_what_the_return_key_should_do(string code, string expected) =>
        Assert.Equal(expected, (string?)_client.Reply(_client.Ask("is_complete_request", new JsonObject { ["code"] = code }))["content"]!["status"]);
}
