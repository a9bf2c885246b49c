using System.Reflection;
using Microsoft.DotNet.Interactive.Formatting;

namespace Zephyr.Notebooks.Tests;

/// <summary>What a kernel relies on, by names alone; and that .NET Interactive's own formatting, the convention's origin, finds it.</summary>
public class KernelConventionTests
{
    public static TheoryData<Type> Displayed => [.. typeof(IDisplayed).Assembly.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(IDisplayed)) && !type.IsInterface)];

    public static TheoryData<string> Kinds => [.. Samples.Charts.Keys, .. Samples.Views.Keys];

    [Theory]
    [MemberData(nameof(Displayed))]
    public void Every_displayed_type_names_its_formatters(Type type)
    {
        var attribute = Assert.Single(type.GetCustomAttributes(inherit: false), a => a.GetType().Name == "TypeFormatterSourceAttribute");
        var source = (Type)attribute.GetType().GetProperty("FormatterSourceType")!.GetValue(attribute)!;
        var preferred = (string[])attribute.GetType().GetProperty("PreferredMimeTypes")!.GetValue(attribute)!;
        var formatters = (IEnumerable<object>)source.GetMethod("CreateTypeFormatters")!.Invoke(Activator.CreateInstance(source), null)!;

        Assert.Equal(preferred, formatters.Select(formatter => formatter.GetType().GetProperty("MimeType")!.GetValue(formatter)));
        Assert.Equal("text/plain", preferred[^1]);
        Assert.False(preferred.Contains("image/svg+xml") && preferred.Contains("text/html"), "HTML would hide the picture in some viewers.");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Dotnet_interactive_writes_the_same_bundle(string kind)
    {
        var value = Samples.Charts.TryGetValue(kind, out var chart) ? chart() : Samples.Views[kind]("words");
        var preferred = value.GetType().GetCustomAttributesData()
            .Single(a => a.AttributeType.Name == "TypeFormatterSourceAttribute").NamedArguments.Single().TypedValue.Value;
        var mimes = ((IReadOnlyCollection<CustomAttributeTypedArgument>)preferred!).Select(a => (string)a.Value!).ToArray();

        Assert.Equal(mimes.Order(), Formatter.GetPreferredMimeTypesFor(value.GetType()).Order());
        Assert.All(mimes, mime => Assert.Equal(value.Render(mime), value.ToDisplayString(mime)));
    }

    [Fact]
    public void A_form_that_a_value_lacks_is_left_out()
    {
        using var writer = new StringWriter();

        Assert.False(new Display.Formatter("text/html").Format(new Chart("x"), writer));
        Assert.False(new Display.Formatter("text/plain").Format("not ours", writer));
        Assert.Equal("", writer.ToString());
    }
}
