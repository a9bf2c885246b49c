using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Zephyr.Kernel.Engine;
using Zephyr.Kernel.References;

namespace Zephyr.Kernel.Notebook.Export;

/// <summary>The cells of a notebook, compiled one after the other and not run.</summary>
/// <param name="Cells">Those that run.</param>
/// <param name="Targets">What their <c>#r</c> lines ask for, as written, each once.</param>
/// <param name="References">What the last of them may use, the kernel included.</param>
internal sealed record CompiledNotebook(IReadOnlyList<ReadCell> Cells, IReadOnlyList<string> Targets, IReadOnlyList<MetadataReference> References)
{
    /// <summary>Compiles them. The notebook's folder must be the working directory.</summary>
    /// <exception cref="InvalidDataException">A cell does not compile, or what it references is not there.</exception>
    public static CompiledNotebook Of(NotebookFile notebook)
    {
        var session = new SessionReferences();
        List<MetadataReference> references = [.. SessionReferences.Framework()];
        List<ReadCell> cells = [];
        List<string> targets = [];
        List<string> headings = [];
        CSharpCompilation? previous = null;
        var number = 0;
        foreach (var cell in notebook.Cells)
        {
            if (!cell.IsCode)
            {
                headings.AddRange(cell.Source.Split('\n').Where(line => line.StartsWith('#')));
                continue;
            }

            var source = new CellSource(++number, cell.Source);
            if (HelpQuestion.Of(cell.Source) is not null)
            {
                continue;
            }

            var error = CellInput.Read(source, session, references.AddRange, CancellationToken.None, out var input);
            if (error is not null)
            {
                throw new InvalidDataException($"{notebook.Path}: {source.Name}: {error.Message}");
            }

            if (input!.Directives.Loads is [var (file, line), ..])
            {
                throw new InvalidDataException($"{notebook.Path}: {source.Name}, line {line}: a program of one file cannot load {file}. Put its text into the cell.");
            }

            targets.AddRange(input.Directives.References.Select(reference => reference.Target).Except(targets));
            var (compilation, errors) = ReadCell.Compile(input.Directives.Code, source, previous, references);
            if (errors.Count > 0 && !cell.MayRaise)
            {
                throw new InvalidDataException($"{notebook.Path}: {source.Name}, {new ErrorReport().OfCompiler(source, errors).Message}");
            }

            cells.Add(new(source.Number, [.. headings], errors.Count > 0 ? null : compilation, input.Directives.Code, cell.MayRaise));
            headings.Clear();
            previous = errors.Count > 0 ? previous : compilation;
        }

        return new(cells, targets, references);
    }
}
