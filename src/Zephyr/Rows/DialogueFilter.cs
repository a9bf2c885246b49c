using System.Text.RegularExpressions;
using Zephyr.Text;

namespace Zephyr.Rows;

/// <summary>A reason to leave a dialogue out.</summary>
/// <param name="Name">Short, for tables.</param>
/// <param name="What">What it looks for, in one sentence.</param>
/// <param name="Finds">The number of the first message that it objects to; null where there is none.</param>
public sealed record DialogueRule(string Name, string What, Func<Dialogue, int?> Finds);

/// <summary>A dialogue that was left out.</summary>
/// <param name="Dialogue">The row.</param>
/// <param name="Rule">The first rule that objected.</param>
/// <param name="Message">The number of the message that it objected to, from 0.</param>
public sealed record RemovedDialogue(Dialogue Dialogue, DialogueRule Rule, int Message);

/// <summary>How often a rule objected.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Matched">Dialogues that it alone would remove.</param>
/// <param name="Removed">Dialogues that it removed and no rule before it.</param>
public sealed record RuleCount(DialogueRule Rule, int Matched, int Removed);

/// <summary>What filtering left and what it took.</summary>
/// <param name="Kept">In the order given.</param>
/// <param name="Removed">In the order given.</param>
/// <param name="Counts">One for each rule, in order.</param>
public sealed record FilteredDialogues(IReadOnlyList<Dialogue> Kept, IReadOnlyList<RemovedDialogue> Removed, IReadOnlyList<RuleCount> Counts);

/// <summary>
/// The clean-up of UltraChat as named rules. The paper removed dialogues in which the assistant says that it has no emotions or opinions, even
/// for factual questions; its own code was never published, so the patterns are ours.
/// </summary>
/// <remarks>Source: Zephyr paper, section 4.1.</remarks>
public static partial class DialogueFilter
{
    /// <summary>A message without text.</summary>
    public static DialogueRule Empty { get; } = new("empty", "a message is empty or white space", dialogue =>
        dialogue.Messages.Count == 0 ? 0 : First(dialogue, message => message.Role != Role.System && string.IsNullOrWhiteSpace(message.Content)));

    /// <summary>Not: an optional system message, then user and assistant in turn.</summary>
    public static DialogueRule WrongOrder { get; } = new("wrong order", "roles do not take turns, or no reply is there", dialogue =>
    {
        var turns = dialogue.Messages.SkipWhile((message, index) => index == 0 && message.Role == Role.System).Select(message => message.Role).ToArray();
        var broken = turns.Index().Where(turn => turn.Item != (turn.Index % 2 == 0 ? Role.User : Role.Assistant)).Select(turn => (int?)turn.Index).FirstOrDefault();
        return (turns.Length < 2 ? broken ?? turns.Length : broken) + (dialogue.Messages.Count - turns.Length);
    });

    /// <summary>"As an AI, I have no personal experience."</summary>
    public static DialogueRule Disclaimer { get; } = new("disclaimer", "the assistant says that it, an AI, has nothing personal", dialogue =>
        FirstReply(dialogue, DisclaimerPattern()));

    /// <summary>"I don't have feelings or opinions."</summary>
    public static DialogueRule NoFeelings { get; } = new("no feelings", "the assistant says that it has no emotions or opinions", dialogue =>
        FirstReply(dialogue, NoFeelingsPattern()));

    /// <summary>"I'm sorry, but I cannot help with that."</summary>
    public static DialogueRule Refusal { get; } = new("refusal", "a reply begins by declining", dialogue => FirstReply(dialogue, RefusalPattern()));

    /// <summary>"... I hope this helps."</summary>
    public static DialogueRule HollowEnding { get; } = new("hollow ending", "a reply ends in 'I hope this helps'", dialogue => FirstReply(dialogue, HollowEndingPattern()));

    /// <summary>What the paper names: disclaimers and denials of feelings; and rows that nothing can be learned from.</summary>
    public static IReadOnlyList<DialogueRule> Paper { get; } = [Empty, WrongOrder, Disclaimer, NoFeelings];

    /// <summary>Every rule, in the order of this class.</summary>
    public static IReadOnlyList<DialogueRule> All { get; } = [.. Paper, Refusal, HollowEnding];

    /// <summary>Applies rules one after the other; a dialogue is removed by the first that objects.</summary>
    /// <param name="dialogues">Rows, raw ones too.</param>
    /// <param name="rules">In order; null for <see cref="Paper"/>.</param>
    public static FilteredDialogues Apply(IEnumerable<Dialogue> dialogues, IReadOnlyList<DialogueRule>? rules = null)
    {
        ArgumentNullException.ThrowIfNull(dialogues);
        rules ??= Paper;
        var (kept, removed) = (new List<Dialogue>(), new List<RemovedDialogue>());
        var matched = new int[rules.Count];
        foreach (var dialogue in dialogues)
        {
            RemovedDialogue? reason = null;
            for (var index = 0; index < rules.Count; index++)
            {
                if (rules[index].Finds(dialogue) is { } message)
                {
                    matched[index]++;
                    reason ??= new(dialogue, rules[index], message);
                }
            }

            if (reason is null)
            {
                kept.Add(dialogue);
            }
            else
            {
                removed.Add(reason);
            }
        }

        return new(kept, removed, [.. rules.Select((rule, index) => new RuleCount(rule, matched[index], removed.Count(row => row.Rule == rule)))]);
    }

    private static int? FirstReply(Dialogue dialogue, Regex pattern) => First(dialogue, message => message.Role == Role.Assistant && pattern.IsMatch(message.Content));

    private static int? First(Dialogue dialogue, Func<ChatMessage, bool> objectionable) =>
        dialogue.Messages.Index().Where(turn => objectionable(turn.Item)).Select(turn => (int?)turn.Index).FirstOrDefault();

    private const RegexOptions Reading = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // One sentence: "as an AI (language model) ... no / not / cannot ... personal / own / physical ...".
    [GeneratedRegex(@"\bas an? (?:AI|A\.I\.|artificial intelligence|(?:large )?language model|machine|(?:AI )?chatbot)\b[^.!?\n]*?(?:\bno\b|\bnot\b|n['’]t\b|\bcannot\b|\bnever\b|\black\b|\bwithout\b|\bunable\b)[^.!?\n]*?\b(?:personal(?:ly)?|own|physical(?:ly)?|experiences?|access)\b", Reading)]
    private static partial Regex DisclaimerPattern();

    // "I (do not | don't | cannot) (have | feel | hold ...) ... feelings / emotions / opinions ...", or "I have no feelings".
    [GeneratedRegex(@"\bI (?:(?:do not|don['’]t|cannot|can['’]t|am not able to|am unable to|am incapable of)\b[^.!?\n]*?\b(?:have|having|feel|feeling|experienc\w+|possess\w*|hold\w*|form\w*|express\w*)|have no|lack)\b[^.!?\n]*?\b(?:emotions?|feelings?|opinions?|beliefs?|preferences?|consciousness|sentience)\b", Reading)]
    private static partial Regex NoFeelingsPattern();

    // At the very beginning: "(I'm) sorry (but) ... I cannot", "Unfortunately, I am unable", "I cannot help / provide / assist".
    [GeneratedRegex(@"\A\s*(?:(?:I['’]m |I am )?(?:very |so |really )?sorry\b|I apologi[sz]e\b|Apologies\b|Unfortunately\b|As an AI\b[^.!?\n]{0,40}?,)?[^.!?\n]{0,60}?\bI(?: am|['’]m)? (?:cannot|can not|can['’]t|unable to|not able to|won['’]t|will not|must decline|not allowed to|not programmed to)\b", Reading)]
    private static partial Regex RefusalPattern();

    [GeneratedRegex(@"\bI hope (?:this|that|it) helps[.!]*\s*\z", Reading)]
    private static partial Regex HollowEndingPattern();
}
