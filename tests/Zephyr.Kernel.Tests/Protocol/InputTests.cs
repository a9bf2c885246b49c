using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Tests.Protocol;

/// <summary>One kernel for all tests of this class: each must leave it alive.</summary>
public sealed class InputTests(ProtocolTests.RunningKernel kernel) : IClassFixture<ProtocolTests.RunningKernel>
{
    private readonly JupyterClient _client = kernel.Client;

    [Fact]
    public void Console_ReadLine_asks_the_front_end_after_what_was_written()
    {
        var id = Ask("Console.Write(\"Your name? \"); var name = Console.ReadLine(); name.Length");
        Assert.Equal(("", false), Parts(_client.Question(id)));
        _client.Answer("Zoë 😀");
        var published = _client.Published(id);
        Assert.Equal(["status", "execute_input", "stream", "execute_result", "status"], published.Select(m => (string?)m["header"]!["msg_type"]));
        Assert.Equal("6", (string?)published[3]["content"]!["data"]!["text/plain"]);
        Assert.Equal("ok", (string?)_client.Reply(id)["content"]!["status"]);
    }

    [Fact]
    public void A_secret_is_asked_for_as_a_password()
    {
        var id = Ask("var key = password(\"Key: \"); input(\"And? \") + key");
        Assert.Equal(("Key: ", true), Parts(_client.Question(id)));
        _client.Answer("s3");
        Assert.Equal(("And? ", false), Parts(_client.Question(id)));
        _client.Answer("x");
        Assert.Contains(_client.Published(id), m => (string?)m["content"]!["data"]?["text/plain"] == "xs3");
    }

    [Fact]
    public void Characters_are_read_one_by_one_with_the_line_s_end()
    {
        var id = Ask("(Console.Read(), Console.Read(), Console.Read())");
        _client.Question(id);
        _client.Answer("é");
        _client.Question(id);
        _client.Answer("b");
        Assert.Contains(_client.Published(id), m => (string?)m["content"]!["data"]?["text/plain"] == "(233, 10, 98)");
    }

    [Fact]
    public void What_one_cell_left_of_an_answer_is_not_read_by_the_next()
    {
        var id = Ask("(char)Console.Read()");
        _client.Question(id);
        _client.Answer("rest");
        _client.Published(id);
        id = Ask("Console.ReadLine()");
        _client.Question(id);
        _client.Answer("new");
        Assert.Contains(_client.Published(id), m => (string?)m["content"]!["data"]?["text/plain"] == "new");
    }

    [Fact]
    public void A_front_end_that_cannot_be_asked_is_not_asked()
    {
        var (reply, _) = _client.Execute("Console.ReadLine()");
        Assert.Equal("InvalidOperationException", (string?)reply["ename"]);
        Assert.Contains("allow_stdin", (string?)reply["evalue"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_can_be_interrupted_and_a_late_answer_is_not_taken_for_the_next()
    {
        var id = Ask("input(\"first\")");
        _client.Question(id);
        _client.ReplyOnControl(_client.AskControl("interrupt_request", []));
        Assert.Equal("KeyboardInterrupt", (string?)_client.Reply(id)["content"]!["ename"]);
        _client.Answer("late");
        _client.Published(id);
        Assert.Equal("beat", _client.Echo("beat"));
        id = Ask("await Task.Delay(100); input(\"second\")");
        Assert.Equal("second", (string?)_client.Question(id)["prompt"]);
        _client.Answer("right");
        Assert.Contains(_client.Published(id), m => (string?)m["content"]!["data"]?["text/plain"] == "right");
    }

    private static (string?, bool?) Parts(JsonObject question) => ((string?)question["prompt"], (bool?)question["password"]);

    private string Ask(string code) => _client.Ask("execute_request", JupyterClient.ExecuteContent(code, allowStdin: true));
}
