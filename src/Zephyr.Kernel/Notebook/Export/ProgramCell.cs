using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zephyr.Kernel.Notebook.Export;

/// <summary>A cell, written as a part of a program: what a program wants elsewhere is taken out, the rest stays as it is.</summary>
/// <param name="Usings">Its usings, for the head.</param>
/// <param name="Body">Its statements and functions, for the middle.</param>
/// <param name="Types">Its types, for the end.</param>
internal sealed record ProgramCell(IReadOnlyList<string> Usings, string Body, IReadOnlyList<string> Types)
{
    private static readonly SyntaxKind[] Access = [SyntaxKind.PublicKeyword, SyntaxKind.PrivateKeyword, SyntaxKind.InternalKeyword, SyntaxKind.ProtectedKeyword];

    /// <summary>Writes it.</summary>
    /// <param name="cell">A cell that compiles.</param>
    /// <param name="names">Those of the whole program.</param>
    /// <exception cref="InvalidDataException">It declares something that no program can hold outside a type.</exception>
    public static ProgramCell Of(ReadCell cell, ProgramNames names)
    {
        var (root, text) = (cell.Root, cell.Text);
        List<TextChange> changes = [.. Renamed(cell, names)];
        List<string> types = [];
        foreach (var member in root.Members)
        {
            switch (member)
            {
                case BaseTypeDeclarationSyntax or DelegateDeclarationSyntax:
                    types.Add(Changed(text, member.Span, [.. changes.Where(change => member.Span.Contains(change.Span)), .. Without(member.Modifiers, SyntaxKind.PrivateKeyword, SyntaxKind.ProtectedKeyword)]));
                    changes.Add(new(member.Span, ""));
                    break;
                case FieldDeclarationSyntax variable:
                    changes.AddRange(Without(variable.Modifiers, [.. Access, SyntaxKind.StaticKeyword, SyntaxKind.ReadOnlyKeyword, SyntaxKind.VolatileKeyword]));
                    changes.AddRange(variable.Declaration.Variables.Where(v => v.Initializer is null).Select(v => new TextChange(new(v.Span.End, 0), " = default!")));
                    break;
                case MethodDeclarationSyntax function:
                    changes.AddRange(Without(function.Modifiers, Access));
                    break;
                case GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }:
                    var shown = cell.Model.GetTypeInfo(last.Expression).Type is not { SpecialType: SpecialType.System_Void };
                    changes.Add(new(new(last.Expression.SpanStart, 0), shown ? $"{ProgramText.Words}.Print(" : ""));
                    changes.Add(new(new(last.Expression.Span.End, 0), shown ? ");" : ";"));
                    break;
                case GlobalStatementSyntax:
                    break;
                default:
                    var line = text.Lines.GetLinePosition(member.SpanStart).Line + 1;
                    throw new InvalidDataException($"{cell.Name}, line {line}: a program cannot hold this outside a type: {text.Lines[line - 1].ToString().Trim()}");
            }
        }

        changes.AddRange(root.Usings.Select(line => new TextChange(line.Span, "")));
        return new([.. root.Usings.Select(line => line.NormalizeWhitespace().ToString())], Trimmed(Changed(text, new(0, text.Length), changes)), types);
    }

    /// <summary>A part of a text with the changes that lie in it; a change inside a larger one is part of that.</summary>
    private static string Changed(SourceText text, TextSpan span, IEnumerable<TextChange> changes)
    {
        var result = new System.Text.StringBuilder();
        var at = span.Start;
        foreach (var change in changes.OrderBy(change => change.Span.Start).ThenBy(change => change.Span.Length > 0).ThenByDescending(change => change.Span.Length))
        {
            if (change.Span.Start >= at)
            {
                result.Append(text.ToString(TextSpan.FromBounds(at, change.Span.Start))).Append(change.NewText);
                at = change.Span.End;
            }
        }

        return result.Append(text.ToString(TextSpan.FromBounds(at, span.End))).ToString();
    }

    private static IEnumerable<TextChange> Renamed(ReadCell cell, ProgramNames names)
    {
        foreach (var node in cell.Root.DescendantNodes())
        {
            var (name, symbol) = node switch
            {
                SimpleNameSyntax used => (used.Identifier, cell.Model.GetSymbolInfo(used).Symbol),
                VariableDeclaratorSyntax variable => (variable.Identifier, cell.Model.GetDeclaredSymbol(variable)),
                SingleVariableDesignationSyntax variable => (variable.Identifier, cell.Model.GetDeclaredSymbol(variable)),
                MethodDeclarationSyntax function => (function.Identifier, cell.Model.GetDeclaredSymbol(function)),
                BaseTypeDeclarationSyntax type => (type.Identifier, cell.Model.GetDeclaredSymbol(type)),
                DelegateDeclarationSyntax type => (type.Identifier, cell.Model.GetDeclaredSymbol(type)),
                ConstructorDeclarationSyntax maker => (maker.Identifier, cell.Model.GetDeclaredSymbol(maker)),
                _ => (default, null),
            };
            if (names.Of(symbol) is { } other)
            {
                yield return new(name.Span, MemberName(node, name.ValueText) + other);
            }
        }
    }

    /// <summary>In <c>new { x }</c> and <c>(x, y)</c> a variable also gives its name to a member, which keeps it.</summary>
    private static string MemberName(SyntaxNode node, string name) => node.Parent switch
    {
        AnonymousObjectMemberDeclaratorSyntax { NameEquals: null } => $"{name} = ",
        ArgumentSyntax { NameColon: null, Parent: TupleExpressionSyntax tuple } when tuple.Parent is not AssignmentExpressionSyntax assignment || assignment.Right == tuple => $"{name}: ",
        _ => "",
    };

    private static IEnumerable<TextChange> Without(SyntaxTokenList modifiers, params SyntaxKind[] kinds) =>
        modifiers.Where(modifier => kinds.Contains(modifier.Kind())).Select(modifier => new TextChange(TextSpan.FromBounds(modifier.SpanStart, modifier.FullSpan.End), ""));

    private static string Trimmed(string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd()).ToList();
        return string.Join('\n', lines.SkipWhile(line => line.Length == 0).Reverse().SkipWhile(line => line.Length == 0).Reverse());
    }
}
