using System.Reflection;

namespace Zephyr.Tests.Architecture;

/// <summary>The picture in src/README.md, held: which part of the library may use which, and which parts know no tensors.</summary>
public class BorderTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Files"] = [],
        ["Runtime"] = [],
        ["Text"] = ["Files"],
        ["Rows"] = ["Files", "Text"],
        ["Feedback"] = ["Rows", "Text"],
        ["TinyWorld"] = ["Feedback", "Rows", "Text"],
        ["Quantization"] = ["Runtime"],
        ["Model"] = ["Quantization", "Runtime"],
        ["Losses"] = ["Runtime"],
        ["Checkpoints"] = ["Files", "Model", "Quantization", "Runtime"],
        ["Data"] = ["Model", "Rows", "Runtime", "Text"],
        ["Generation"] = ["Model", "Runtime", "Rows", "Text"],
        ["Training"] = ["Checkpoints", "Data", "Files", "Losses", "Model", "Quantization", "Rows", "Runtime"],
        ["Evaluation"] = ["Feedback", "Generation", "Losses", "Rows", "Text"],
        ["Recipe"] = ["Checkpoints", "Data", "Evaluation", "Feedback", "Files", "Generation", "Losses", "Model", "Quantization", "Rows", "Runtime", "Text", "TinyWorld", "Training"],
    };

    private static readonly Assembly Library = Assembly.Load("Zephyr");

    public static TheoryData<string> Parts => [.. Library.GetTypes().Select(PartOf).OfType<string>().Distinct().Order()];

    public static TheoryData<string> TensorFreeParts => ["Files", "Text", "Rows", "Feedback", "TinyWorld"];

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_part_uses_only_what_the_picture_allows(string part)
    {
        Assert.True(MayUse.TryGetValue(part, out var allowed), $"Zephyr.{part} is not in the picture of src/README.md: add it there and here.");

        var broken =
            from type in Library.GetTypes()
            where PartOf(type) == part
            from used in TypeReferences.Of(type)
            where used.Assembly == Library && PartOf(used) is { } other && other != part && !allowed.Contains(other)
            select $"{type.FullName} uses {used.FullName}";
        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(TensorFreeParts))]
    public void A_part_without_tensors_never_names_Torch(string part)
    {
        var broken =
            from type in Library.GetTypes()
            where PartOf(type) == part
            from used in TypeReferences.Of(type)
            where used.Assembly.GetName().Name == "TorchSharp"
            select $"{type.FullName} uses {used.FullName}";
        Assert.Empty(broken);
    }

    [Fact]
    public void The_library_knows_no_display_and_no_console_host()
    {
        var references = Library.GetReferencedAssemblies().Select(name => name.Name!).ToArray();
        Assert.DoesNotContain(references, name => name.StartsWith("Zephyr.", StringComparison.Ordinal)
            || name.StartsWith("Spectre", StringComparison.Ordinal) || name.StartsWith("Plotly", StringComparison.Ordinal));
    }

    /// <summary>The folder below src/Zephyr a type belongs to; null for what the compiler makes outside every namespace.</summary>
    private static string? PartOf(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.Namespace is { } space && space.StartsWith("Zephyr.", StringComparison.Ordinal) ? space.Split('.')[1] : null;
    }
}
