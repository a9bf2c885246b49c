using System.Composition;
using System.Reflection;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.Host.Mef;
using Zephyr.Kernel.Assist;

namespace Zephyr.Kernel.Tests.Assist;

public class AssistantPartsTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>As the composition itself would find them: every attribute of every type is made and looked at.</summary>
    [Fact]
    public void All_that_Roslyn_exports_is_found_but_what_rewrites_code_or_offers_names_out_of_reach()
    {
        foreach (var assembly in MefHostServices.DefaultAssemblies)
        {
            var wanted = assembly.GetTypes().Where(Exports).Where(type => !Rewrites(type) && !Imports(type));
            Assert.Equal(wanted.Select(type => type.FullName).Order(), AssistantParts.Of(assembly).Where(Exports).Select(type => type.FullName).Order());
            Assert.DoesNotContain(assembly.GetTypes().SelectMany(type => type.GetMembers(All)).Where(member => member is PropertyInfo or FieldInfo or MethodInfo), Exports);
        }
    }

    [Theory]
    [InlineData("JsonSeri", "JsonSerializer", "System.Text.Json")]
    [InlineData("new[] { 1 }.ToImmutableA", "ToImmutableArray", "System.Collections.Immutable")]
    public void A_name_is_offered_where_it_compiles(string code, string name, string space)
    {
        using var session = new Session();
        Assert.Empty(session.Engine.Complete(code, code.Length).Names);
        session.Run($"using {space};");
        Assert.Contains(name, session.Engine.Complete(code, code.Length).Names);
    }

    /// <summary>As nothing else: some of them serve completion too.</summary>
    private static bool Rewrites(Type type) =>
        type.GetCustomAttributes(inherit: false).Where(a => a is ExportAttribute).All(a => a is ExportCodeFixProviderAttribute or ExportCodeRefactoringProviderAttribute);

    private static bool Imports(Type type)
    {
        for (var parent = type.BaseType; parent is not null; parent = parent.BaseType)
        {
            if (parent.Name.StartsWith("AbstractImportCompletionProvider", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Exports(MemberInfo member) => member.GetCustomAttributes(inherit: false).Any(attribute => attribute is ExportAttribute);
}
