using Zephyr.Text;
using Zephyr.TinyWorld;

namespace Zephyr.Recipe;

/// <summary>
/// Trains the world's tokenizer: SentencePiece BPE with 1,024 pieces and byte fallback, on plain documents, messages and a few bare role tags.
/// No tag becomes one piece, as in Mistral's vocabulary, so the model has to learn them as spellings.
/// </summary>
public static class WorldTokenizer
{
    private const long Seed = 1234;
    private const int Documents = 30_000;
    private const int Dialogues = 6_000;
    private const int DialoguesWithTags = 300;

    /// <summary>What it is trained with.</summary>
    public static BpeTrainerOptions Options { get; } = new() { VocabularySize = 1024 };

    /// <summary>Trains it; the same pieces on every machine.</summary>
    public static SentencePieceModel Train(World world) => BpeTrainer.Train(Texts(world), Options);

    /// <summary>The training texts in order.</summary>
    public static IEnumerable<string> Texts(World world)
    {
        foreach (var document in new WorldDocuments(world).Plain(Seed, pages: false).Take(Documents))
        {
            yield return document;
        }

        var number = 0;
        foreach (var dialogue in WorldRows.Dialogues(world, Seed, Dialogues))
        {
            foreach (var message in dialogue.Messages.Where(message => message.Content.Length > 0))
            {
                yield return message.Content;
            }

            foreach (var message in number++ < DialoguesWithTags ? dialogue.Messages : [])
            {
                yield return ChatTemplate.Zephyr.Header(message.Role).TrimEnd('\n');
            }
        }
    }
}
