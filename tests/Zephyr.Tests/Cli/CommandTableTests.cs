using Zephyr.Cli;

namespace Zephyr.Tests.Cli;

public class CommandTableTests
{
    [Theory]
    [InlineData(2, "\"--sed\" is not understood", "recipe", "--sed", "1")]
    [InlineData(2, "--seeds wants a value", "recipe", "--seeds")]
    [InlineData(2, "--kills wants a whole number, not \"many\"", "kill-test", "--kills", "many")]
    [InlineData(2, "--kills 1 is too few for 2 trainers", "kill-test", "--kills", "1")]
    [InlineData(2, "--trainer wants one of both, sft, dpo, not \"SFT\"", "kill-test", "--trainer", "SFT")]
    [InlineData(2, "--on 12 is no card", "preflight", "--on", "12")]
    [InlineData(2, "doctor takes no words, got \"me\"", "doctor", "me")]
    [InlineData(2, "There is no command \"bake\"", "bake")]
    [InlineData(2, "--reverse wants some of labels, swap, length, noise, teacher, or all, not \"epochs\"", "claims", "--reverse", "epochs")]
    [InlineData(2, "--split wants one of test, dev", "claims", "--split", "train")]
    [InlineData(0, "world: rebuild", "world", "--help")]
    [InlineData(0, "kill-test", "--help")]
    public async Task Words_that_are_not_understood_are_named_with_what_would_be(int code, string said, params string[] words)
    {
        using var output = new StringWriter();

        Assert.Equal(code, await CommandTable.RunAsync(words, output));
        Assert.Contains(said, output.ToString(), StringComparison.Ordinal);
    }
}
