using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Zephyr.Files;
using Zephyr.Recipe;

namespace Zephyr.Cli;

/// <summary>Writes data/README.md: for each file what it is, how it was made, under which licence, and its SHA-256.</summary>
internal static class DataCards
{
    private const string Made = "made by `world` from seeds, no outside text; as the project";

    private static readonly (string Path, string What, string Origin)[] Cards =
    [
        ("world/dialogues.jsonl.gz", "24,000 dialogues with the teacher, for dSFT, in ultrachat_200k's shape; raw: a fifth in lower case, a fifth with a disclaimer", Made),
        ("world/feedback.jsonl.gz", "3,000 prompts, four writers' replies each, rated by the noisy judge, in UltraFeedback's shape", Made),
        ("world/pairs.jsonl.gz", "the 3,000 pairs of those prompts for dDPO, in ultrafeedback_binarized's shape", Made),
        ("world/feedback-held-out.jsonl.gz", "400 rated prompts about held-out targets", Made),
        ("world/pairs-held-out.jsonl.gz", "their 400 pairs, for held-out loss and accuracy only", Made),
        ("world/dev.jsonl.gz", "300 held-out dialogues to choose settings by; the last turn is the teacher's", Made),
        ("world/test.jsonl.gz", "800 held-out dialogues for reports (the claims' takes the first 680, of which 116 ask what nobody knows)", Made),
        ("world/tokenizer.model", "SentencePiece BPE, 1,024 pieces, byte fallback; trained on plain documents (words turned round in sentences only), messages and a few bare role tags", Made),
        ("checkpoints/base/model.safetensors", "the base model: 1,967,808 parameters, bf16, after 1,400 steps on plain documents and 400 on late ones (ends, logs)", Made),
        ("checkpoints/dsft/model.safetensors", "the base model after dSFT", Made),
        ("checkpoints/ddpo/model.safetensors", "the dSFT model after one epoch of dDPO, beta 1", Made),
        ("zephyr-7b-beta-dpo-eval.csv", "the 58 evaluations of the released dDPO run, steps 100 to 5,800", "typed out from the model card of HuggingFaceH4/zephyr-7b-beta (MIT) and cross-checked; numbers are facts"),
        ("claims.json", "what is claimed, written down before the runs that decide: source, statistic, threshold, seeds, settings", "written by hand; as the project"),
        ("claims-results.json", "what came out, every claim", "made by `claims`; as the project"),
        ("published-results.json", "Tables 1 to 3 of the paper", "typed out from arXiv 2310.16944; numbers are facts"),
    ];

    /// <summary>Writes the cards of the files that are there.</summary>
    public static void Write(string folder)
    {
        var (text, bases) = (new StringBuilder(), BasesOf(folder));
        var ofBases = bases.Select(name => (Path: $"checkpoints/{name}/model.safetensors", What: $"the base model of seed {name[5..]}, so that `claims` need not make it", Origin: Made));
        text.Append("""
            # Data

            Everything that the notebooks need, small enough to be kept here. `dotnet run -c Release --project src/Zephyr.Cli -- world` makes it all anew:
            rows and tokenizer come out the same on any machine, checkpoints the same on the same kind of processor and number of threads.
            `runs/` (not kept in git) holds what was made on this machine, each in a folder named after the hash of everything that made it.

            | file | what it is | origin, licence | bytes | SHA-256 of the file | SHA-256 of the rows inside |
            | --- | --- | --- | ---: | --- | --- |

            """);
        foreach (var (path, what, origin) in Cards.Concat(ofBases))
        {
            if (Path.Combine(folder, path) is var full && File.Exists(full))
            {
                var rows = path.EndsWith(".gz", StringComparison.Ordinal) ? $"`{HashOfRows(full)}`" : "";
                text.Append(CultureInfo.InvariantCulture, $"| `{path}` | {what} | {origin} | {new FileInfo(full).Length:N0} | `{RunCache.HashOfFile(full)}` | {rows} |\n");
            }
        }

        AppendNotes(text, folder, bases);
        AtomicFile.Write(Path.Combine(folder, "README.md"), text.ToString());
    }

    /// <summary>The base models of other seeds than the shipped one, as far as they are there.</summary>
    private static string[] BasesOf(string folder) => Path.Combine(folder, "checkpoints") is var checkpoints && Directory.Exists(checkpoints)
        ? [.. Directory.GetDirectories(checkpoints, "base-*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : [];

    private static void AppendNotes(StringBuilder text, string folder, string[] bases)
    {
        text.Append("""

            ## Notes

            - The world is invented: 180 people, six topics, 720 facts, 360 things that nobody knows. Nothing in it is about real people.
            - A row's `prompt_id` is its split and number, or the hash of number and prompt: the world asks some questions more than once.
            - An empty system message stands in the rows as the handbook put it there. Readers warn about it and keep the row.
            - `instruction` of a rated prompt with two turns holds one line a turn, behind `User: ` and `Assistant: `; the system message is `custom_system_prompt`.
            - `overall_score` is the mean of the four aspects plus normal noise of standard deviation 0.7, not clipped: the judge of the feedback is fallible.
            - Never trained on: `feedback-held-out`, `pairs-held-out`, `dev`, `test`. Their questions are in no training row, and three in ten are worded in a way that none is.
            - Another zlib may compress the same rows to other bytes; compare the rows inside (`gunzip -c FILE | sha256sum`).

            ## Checkpoints

            | checkpoint | steps | tokens | loss, mean of the last tenth | key |
            | --- | ---: | ---: | ---: | --- |

            """);
        foreach (var name in (string[])["base", "dsft", "ddpo", .. bases])
        {
            if (RunCache.Read(Path.Combine(folder, "checkpoints", name)) is { } made)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {name} | {made.Steps:N0} | {made.Tokens:N0} | {made.FinalLoss:0.000} | `{made.Key}` |\n");
            }
        }
    }

    private static string HashOfRows(string path)
    {
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
