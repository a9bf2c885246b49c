using System.Text.Json.Nodes;
using Zephyr.Kernel.Wire;

namespace Zephyr.Kernel.Protocol;

/// <summary>What a front end wants to know before anything else.</summary>
internal static class KernelInfo
{
    /// <summary>The content of <c>kernel_info_reply</c>.</summary>
    public static JsonObject Reply() => new()
    {
        ["status"] = "ok",
        ["protocol_version"] = Message.ProtocolVersion,
        ["implementation"] = "zephyr-csharp",
        ["implementation_version"] = typeof(KernelInfo).Assembly.GetName().Version!.ToString(3),
        ["banner"] = "C# on .NET " + Environment.Version,
        ["debugger"] = false,
        ["supported_features"] = new JsonArray(),
        ["help_links"] = new JsonArray(new JsonObject { ["text"] = "C#", ["url"] = "https://learn.microsoft.com/dotnet/csharp/" }),
        ["language_info"] = new JsonObject
        {
            ["name"] = "C#",
            ["version"] = "14.0",
            ["mimetype"] = "text/x-csharp",
            ["file_extension"] = ".cs",
            ["pygments_lexer"] = "csharp",
            ["codemirror_mode"] = "text/x-csharp",
        },
    };
}
