using System.Text.Json.Nodes;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.Engine;
using Zephyr.Kernel.Wire;

namespace Zephyr.Kernel.Protocol;

/// <summary>Runs what <c>execute_request</c> asks for.</summary>
internal sealed class CellRequests
{
    private readonly CSharpEngine _engine;
    private readonly History _history;
    private readonly IopubOutput _iopub;
    private readonly OrderedOutput _output;
    private readonly StdinChannel _stdin;

    public CellRequests(CSharpEngine engine, History history, IopubOutput iopub, OrderedOutput output, StdinChannel stdin)
    {
        (_engine, _history, _iopub, _output, _stdin) = (engine, history, iopub, output, stdin);
        FrontEndInput.Attach(stdin.Ask);
    }

    /// <summary>How many cells ran that a front end numbers.</summary>
    public int ExecutionCount { get; private set; }

    /// <summary>Runs a cell; its output is published, its answer returned.</summary>
    /// <returns>The content of <c>execute_reply</c>, and whether the cells sent behind this one must not run.</returns>
    public (JsonObject Reply, bool StopQueue) Execute(Message request)
    {
        var content = request.Content;
        var code = ((string?)content["code"] ?? "").ReplaceLineEndings("\n");
        var silent = (bool?)content["silent"] ?? false;
        var kept = !silent && ((bool?)content["store_history"] ?? true);
        var number = ExecutionCount + 1;
        if (kept)
        {
            ExecutionCount = number;
            _history.Add(number, code);
        }

        _output.Flush();
        _iopub.Begin(request, number, silent);
        _iopub.Publish("execute_input", new JsonObject { ["code"] = code, ["execution_count"] = number });
        _stdin.Begin(request, (bool?)content["allow_stdin"] ?? false);
        JsonArray pages = [];
        (CellError? error, var interrupted) = (null, false);
        if (HelpQuestion.Of(code) is { } question)
        {
            Answer(question, pages);
        }
        else
        {
            (error, interrupted) = _engine.Run(new CellSource(number, code), _output, showResult: !silent);
        }

        if (kept && _iopub.ResultText is { } text)
        {
            _history.AddResult(number, text);
        }

        var reply = error is null
            ? new JsonObject { ["payload"] = pages, ["user_expressions"] = Expressions(content["user_expressions"] as JsonObject ?? []) }
            : IopubOutput.ErrorContent(error);
        _stdin.End();
        reply["status"] = error is null ? "ok" : "error";
        reply["execution_count"] = number;
        return (reply, interrupted || (error is not null && ((bool?)content["stop_on_error"] ?? true)));
    }

    /// <summary>What a name means, for the front end's pager; a sentence where it means nothing, as in IPython.</summary>
    private void Answer(HelpQuestion question, JsonArray pages)
    {
        if (_engine.Explain(question.Name, question.Name.Length, question.Everything) is { } text)
        {
            pages.Add(new JsonObject { ["source"] = "page", ["data"] = Assistance.Page(text), ["start"] = 0 });
        }
        else
        {
            _output.Write("stdout", $"There is nothing named {question.Name} here.\n");
            _output.Flush();
        }
    }

    /// <summary>The values of expressions that the front end wants to know after the cell; an error of one is its own answer only.</summary>
    private JsonObject Expressions(JsonObject wanted)
    {
        var answers = new JsonObject();
        foreach (var (name, expression) in wanted)
        {
            var (error, bundle) = _engine.Evaluate((string?)expression ?? "", _output);
            var answer = error is null
                ? new JsonObject { ["data"] = bundle.ToJson(), ["metadata"] = new JsonObject() }
                : IopubOutput.ErrorContent(error);
            answer["status"] = error is null ? "ok" : "error";
            answers[name] = answer;
        }

        return answers;
    }
}
