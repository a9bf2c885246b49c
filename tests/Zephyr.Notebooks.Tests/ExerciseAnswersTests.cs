using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static Zephyr.Notebooks.Tests.NotebookFiles;

namespace Zephyr.Notebooks.Tests;

/// <summary>
/// Runs each notebook in the real kernel with two more cells: the exercise answered wrongly, as its cell's metadata say ("wrong"),
/// and answered as the folded solution says. Where the metadata name the cells that it "needs", only those run before it.
/// </summary>
public partial class ExerciseAnswersTests
{
    public static TheoryData<string> Notebooks => [.. Names];

    [Theory]
    [MemberData(nameof(Notebooks))]
    [Trait("Slow", "yes")]
    public async Task An_open_a_wrong_and_the_folded_answer_are_told_apart(string name)
    {
        var kernel = Path.Combine(Repository.Root, "artifacts/bin/Zephyr.Kernel/release/Zephyr.Kernel.dll");
        Assert.SkipUnless(File.Exists(kernel), $"{kernel} is not built");
        var notebook = ReadNamed(name);
        var exercise = Cells(notebook).Single(cell => (string?)cell["id"] == "exercise");
        var wrong = (string?)exercise["metadata"]!["wrong"];
        Assert.SkipWhen(wrong is null, $"the exercise of {name} names no wrong answer in its metadata");

        var path = Prepare(name, notebook, exercise, wrong!);
        var said = await Run(kernel, path);
        Assert.True(said.Code == 0, said.Text);

        var outcomes = Cells(Read(path))[^3..].Select(Said).ToArray();
        Assert.Contains("not answered yet", outcomes[0], StringComparison.Ordinal);
        Assert.Contains("not right yet", outcomes[1], StringComparison.Ordinal);
        Assert.EndsWith(": right", outcomes[2], StringComparison.Ordinal);
    }

    /// <summary>A copy beside the build outputs, its reference to the library made to fit.</summary>
    private static string Prepare(string name, JsonObject notebook, JsonObject exercise, string wrong)
    {
        var source = Source(exercise);
        var right = Folded().Match(Source(Cells(notebook)[^1]));
        Assert.True(right.Success, "the last cell has no ```csharp block that begins with the answer");
        Assert.Single(Open().Matches(source));
        var answers = new[] { source, Open().Replace(source, match => $"{match.Groups[1].Value} = {wrong};"), Open().Replace(source, _ => right.Groups[1].Value) };

        var needs = exercise["metadata"]!["needs"]?.AsArray().Select(id => (string?)id).ToHashSet();
        var before = Cells(notebook).TakeWhile(cell => cell != exercise).Where(IsCode).Where(cell => needs is null || needs.Contains((string?)cell["id"])).ToArray();
        var asked = answers.Select((answer, i) => new JsonObject { ["cell_type"] = "code", ["id"] = $"answer-{i}", ["metadata"] = new JsonObject(), ["source"] = answer });
        notebook["cells"] = new JsonArray([.. before.Select(cell => cell.DeepClone()), .. asked]);
        foreach (var cell in Cells(notebook))
        {
            (cell["execution_count"], cell["outputs"]) = (null, new JsonArray());
        }

        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts/exercises"));
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, notebook.ToJsonString().Replace("../artifacts/bin", "../bin", StringComparison.Ordinal));
        return path;
    }

    private static async Task<(int Code, string Text)> Run(string kernel, string path)
    {
        var start = new ProcessStartInfo("dotnet", [kernel, "run", path, "--write"]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root };
        using var process = Process.Start(start)!;
        var cancelled = TestContext.Current.CancellationToken;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancelled), process.StandardError.ReadToEndAsync(cancelled));
        await process.WaitForExitAsync(cancelled);
        return (process.ExitCode, await output + await errors);
    }

    [GeneratedRegex(@"^(.*\banswer) = null;.*$", RegexOptions.Multiline)]
    private static partial Regex Open();

    [GeneratedRegex(@"```csharp\n(.*?\banswer = .*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Folded();
}
