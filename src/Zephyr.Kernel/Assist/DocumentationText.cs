using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Zephyr.Kernel.Assist;

/// <summary>Documentation comments as Markdown.</summary>
internal static partial class DocumentationText
{
    private const int DeepestInheritance = 8;

    /// <summary>What a reader wants to know of a symbol: what it is, its parameters, what it gives and what it throws.</summary>
    /// <param name="symbol">From a cell, a library or the framework.</param>
    /// <param name="everything">Also remarks and examples.</param>
    /// <returns>Paragraphs; empty where nothing is documented.</returns>
    public static string Of(ISymbol symbol, bool everything = false)
    {
        var root = Read(symbol, 0);
        if (root is null)
        {
            return "";
        }

        List<string> parts = [Text(root.Element("summary"))];
        parts.Add(string.Join('\n', root.Elements("param").Concat(root.Elements("typeparam")).Select(p => $"- `{(string?)p.Attribute("name")}`: {Text(p)}")));
        parts.Add(root.Element("returns") is { } returns && Text(returns) is { Length: > 0 } given ? $"Returns: {given}" : "");
        parts.Add(root.Element("value") is { } value && Text(value) is { Length: > 0 } held ? $"Value: {held}" : "");
        parts.Add(string.Join('\n', root.Elements("exception").Select(e => $"- throws `{Name((string?)e.Attribute("cref") ?? "")}`: {Text(e)}")));
        if (everything)
        {
            parts.AddRange(root.Elements().Where(e => e.Name.LocalName is "remarks" or "example").Select(Text));
        }

        return string.Join("\n\n", parts.Where(part => part.Length > 0));
    }

    /// <summary>What one parameter is for; empty where nothing is documented.</summary>
    public static string OfParameter(IParameterSymbol parameter) =>
        Text(Read(parameter.ContainingSymbol, 0)?.Elements("param").FirstOrDefault(p => (string?)p.Attribute("name") == parameter.Name));

    private static XElement? Read(ISymbol symbol, int depth)
    {
        var xml = symbol.OriginalDefinition.GetDocumentationCommentXml(expandIncludes: true) ?? "";
        if (depth < DeepestInheritance && xml.Contains("<inheritdoc", StringComparison.Ordinal) && Base(symbol) is { } above)
        {
            return Read(above, depth + 1);
        }

        try
        {
            var root = XElement.Parse($"<root>{xml}</root>", LoadOptions.PreserveWhitespace);
            return root.Element("member") ?? (root.HasElements ? root : null);
        }
        catch (XmlException)
        {
            return null; // the compiler leaves a comment that is no XML as it is
        }
    }

    private static ISymbol? Base(ISymbol symbol) => symbol switch
    {
        IMethodSymbol { OverriddenMethod: { } method } => method,
        IPropertySymbol { OverriddenProperty: { } property } => property,
        INamedTypeSymbol type => type.BaseType is { SpecialType: SpecialType.None } above ? above : type.Interfaces.FirstOrDefault(),
        _ => symbol.ContainingType?.AllInterfaces.SelectMany(i => i.GetMembers())
            .FirstOrDefault(member => SymbolEqualityComparer.Default.Equals(symbol.ContainingType.FindImplementationForInterfaceMember(member), symbol)),
    };

    private static string Text(XElement? element)
    {
        if (element is null)
        {
            return "";
        }

        var text = new StringBuilder();
        Write(element, text);
        return BlankLines().Replace(text.ToString(), "\n\n").Trim();
    }

    private static void Write(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
        {
            switch (node)
            {
                case XText words:
                    text.Append(Escaped(Spaces().Replace(words.Value, " ")));
                    break;
                case XElement { Name.LocalName: "c" } code:
                    text.Append($"`{code.Value.Trim()}`");
                    break;
                case XElement { Name.LocalName: "code" } block:
                    text.Append($"\n\n```csharp\n{block.Value.Trim('\r', '\n')}\n```\n\n");
                    break;
                case XElement { Name.LocalName: "see" or "seealso" or "paramref" or "typeparamref" } reference:
                    text.Append(Reference(reference));
                    break;
                case XElement { Name.LocalName: "para" or "p" } paragraph:
                    text.Append("\n\n");
                    Write(paragraph, text);
                    text.Append("\n\n");
                    break;
                case XElement { Name.LocalName: "item" } item:
                    text.Append("\n- ");
                    Write(item, text);
                    break;
                case XElement { Name.LocalName: "br" }:
                    text.Append("  \n");
                    break;
                case XElement other:
                    Write(other, text);
                    break;
                default:
                    break; // comments
            }
        }
    }

    private static string Reference(XElement reference)
    {
        var target = (string?)reference.Attribute("cref") is { } cref ? Name(cref)
            : (string?)reference.Attribute("langword") ?? (string?)reference.Attribute("name");
        return target is not null ? $"`{target}`" : $"[{(reference.Value.Length > 0 ? reference.Value : (string?)reference.Attribute("href"))}]({(string?)reference.Attribute("href")})";
    }

    /// <summary>The last part of <c>M:System.String.Trim(System.Char)</c>, which is what a reader would write; of a member with its type.</summary>
    private static string Name(string cref)
    {
        var path = Arity().Replace(cref.Split('(')[0], "");
        var kind = path.Length > 1 && path[1] == ':' ? path[0] : 'T';
        var names = (path.Length > 1 && path[1] == ':' ? path[2..] : path).Split('.');
        return kind is 'T' or 'N' || names.Length < 2 ? names[^1] : names[^1] == "#ctor" ? names[^2] : $"{names[^2]}.{names[^1]}";
    }

    private static string Escaped(string text) => Marks().Replace(text, @"\$0");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[ \t]*\n[ \t]*\n\s*")]
    private static partial Regex BlankLines();

    [GeneratedRegex(@"[`][`]?\d+")]
    private static partial Regex Arity();

    [GeneratedRegex(@"[\\`*_<>\[\]]")]
    private static partial Regex Marks();
}
