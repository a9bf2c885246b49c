using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Tests.Peers;

/// <summary>The client library of VS Code's Jupyter extension, against the command line of the installed kernelspec.</summary>
public sealed class ZeroMqTests(NodePeer node) : IClassFixture<NodePeer>
{
    [Fact]
    public void VS_Code_s_client_library_executes_completes_interrupts_and_shuts_down()
    {
        NodePeer.Require("zeromq");
        var (exit, output) = node.Script("zeromq.js", node.Kernels, node.Folder);
        Assert.True(exit == 0, output);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        var steps = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToDictionary(step => (string)step["step"]!);

        Assert.Equal("""{"step":"info","interruptMode":"message","protocol":"5.4","language":"C#"}""", steps["info"].ToJsonString());
        Assert.Equal("ok", (string?)steps["execute"]["status"]);
        Assert.Equal(["execute_input", "stream", "display_data", "execute_result"], steps["execute"]["published"]!.AsArray().Select(message => (string?)message![0]));
        Assert.Equal("ö 😀\n", (string?)steps["execute"]["published"]![1]![1]);
        Assert.Equal("42", (string?)steps["execute"]["published"]![3]![1]!["text/plain"]);
        Assert.Contains("Length", steps["complete"]["matches"]!.AsArray().Select(match => (string?)match));
        Assert.Equal((15, 19), ((int)steps["complete"]["start"]!, (int)steps["complete"]["end"]!)); // in code points: the smiley is one
        Assert.Equal(("error", "KeyboardInterrupt"), ((string?)steps["interrupt"]["status"], (string?)steps["interrupt"]["ename"]));
        Assert.InRange((int)steps["interrupt"]["milliseconds"]!, 0, 5000); // that it ends; how soon is the benchmark's to say
        Assert.Equal("6", (string?)steps["after"]["result"]);
        Assert.Equal(0, (int?)steps["shutdown"]["exit"]);
    }
}
