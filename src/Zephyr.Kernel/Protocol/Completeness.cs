using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Protocol;

/// <summary>Whether a text can run as it stands, for consoles that decide what the return key does.</summary>
internal static class Completeness
{
    /// <summary>The content of <c>is_complete_reply</c>.</summary>
    public static JsonObject Reply(string code)
    {
        if (HelpQuestion.Of(code) is not null)
        {
            return new JsonObject { ["status"] = "complete" };
        }

        var tree = CSharpSyntaxTree.ParseText(code, CellSource.Parse);
        if (!SyntaxFactory.IsCompleteSubmission(tree))
        {
            return new JsonObject { ["status"] = "incomplete", ["indent"] = "    " };
        }

        var broken = tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error);
        return new JsonObject { ["status"] = broken ? "invalid" : "complete" };
    }
}
