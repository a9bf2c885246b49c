using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Zephyr.Kernel.Engine;

/// <summary>
/// Keeps every function of a cell a call of its own, line for line: a traceback cannot name what was compiled into its caller. Left as they are: what says
/// itself how it is compiled, and what is partial, whose other half may say so.
/// </summary>
internal sealed class FunctionsApart : CSharpSyntaxRewriter
{
    private static readonly AttributeListSyntax Apart = SyntaxFactory.ParseCompilationUnit(
        "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.NoInlining)] void F() { }", options: CellSource.Parse)
        .DescendantNodes().OfType<AttributeListSyntax>().Single();

    /// <inheritdoc/>
    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node) => Marked((BaseMethodDeclarationSyntax)base.VisitMethodDeclaration(node)!);

    /// <inheritdoc/>
    public override SyntaxNode? VisitOperatorDeclaration(OperatorDeclarationSyntax node) => Marked((BaseMethodDeclarationSyntax)base.VisitOperatorDeclaration(node)!);

    /// <inheritdoc/>
    public override SyntaxNode? VisitConversionOperatorDeclaration(ConversionOperatorDeclarationSyntax node) =>
        Marked((BaseMethodDeclarationSyntax)base.VisitConversionOperatorDeclaration(node)!);

    /// <inheritdoc/>
    public override SyntaxNode? VisitConstructorDeclaration(ConstructorDeclarationSyntax node) => Marked((BaseMethodDeclarationSyntax)base.VisitConstructorDeclaration(node)!);

    /// <inheritdoc/>
    public override SyntaxNode? VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
    {
        var function = (LocalFunctionStatementSyntax)base.VisitLocalFunctionStatement(node)!;
        return function is { Body: null, ExpressionBody: null } || SaysItself(function.AttributeLists) ? function : First(function, it => it.AddAttributeLists(Apart));
    }

    /// <inheritdoc/>
    public override SyntaxNode? VisitAccessorDeclaration(AccessorDeclarationSyntax node)
    {
        var accessor = (AccessorDeclarationSyntax)base.VisitAccessorDeclaration(node)!;
        var isPartial = node.FirstAncestorOrSelf<BasePropertyDeclarationSyntax>()?.Modifiers.Any(SyntaxKind.PartialKeyword) == true;
        return isPartial || accessor is { Body: null, ExpressionBody: null } || SaysItself(accessor.AttributeLists) ? accessor : First(accessor, it => it.AddAttributeLists(Apart));
    }

    /// <inheritdoc/>
    public override SyntaxNode? VisitPropertyDeclaration(PropertyDeclarationSyntax node)
    {
        var property = (PropertyDeclarationSyntax)base.VisitPropertyDeclaration(node)!;
        return property.ExpressionBody is { } body && !property.Modifiers.Any(SyntaxKind.PartialKeyword)
            ? property.WithExpressionBody(null).WithSemicolonToken(default).WithAccessorList(Getter(body, property.SemicolonToken))
            : property;
    }

    /// <inheritdoc/>
    public override SyntaxNode? VisitIndexerDeclaration(IndexerDeclarationSyntax node)
    {
        var indexer = (IndexerDeclarationSyntax)base.VisitIndexerDeclaration(node)!;
        return indexer.ExpressionBody is { } body && !indexer.Modifiers.Any(SyntaxKind.PartialKeyword)
            ? indexer.WithExpressionBody(null).WithSemicolonToken(default).WithAccessorList(Getter(body, indexer.SemicolonToken))
            : indexer;
    }

    private static BaseMethodDeclarationSyntax Marked(BaseMethodDeclarationSyntax method)
    {
        var isEmpty = method is { Body: null, ExpressionBody: null };
        return isEmpty || SaysItself(method.AttributeLists) || method.Modifiers.Any(SyntaxKind.PartialKeyword) ? method : First(method, it => it.AddAttributeLists(Apart));
    }

    /// <summary>Marks a function behind what stands before it: comments and attributes of its own.</summary>
    private static T First<T>(T function, Func<T, T> mark)
        where T : SyntaxNode => mark(function.WithoutLeadingTrivia()).WithLeadingTrivia(function.GetLeadingTrivia());

    private static bool SaysItself(SyntaxList<AttributeListSyntax> lists) =>
        lists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString().Contains("MethodImpl", StringComparison.Ordinal));

    /// <summary><c>{ get => body; }</c> in the place of <c>=> body;</c>.</summary>
    private static AccessorListSyntax Getter(ArrowExpressionClauseSyntax body, SyntaxToken semicolon)
    {
        var get = SyntaxFactory.AccessorDeclaration(SyntaxKind.GetAccessorDeclaration)
            .AddAttributeLists(Apart)
            .WithKeyword(SyntaxFactory.Token(SyntaxKind.GetKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            .WithExpressionBody(body)
            .WithSemicolonToken(semicolon.WithoutTrivia());
        return SyntaxFactory.AccessorList([get]).WithCloseBraceToken(SyntaxFactory.Token(SyntaxKind.CloseBraceToken).WithTrailingTrivia(semicolon.TrailingTrivia));
    }
}
