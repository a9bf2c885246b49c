using Zephyr.Text;

namespace Zephyr.TinyWorld;

/// <summary>A prompt of the world: what is asked, and in which words.</summary>
/// <param name="Question">What is asked.</param>
/// <param name="Messages">A system message (it may be empty), then the turns up to the question.</param>
/// <param name="HasHeldOutPhrasing">Whether it is worded in a way that no training prompt is ("Please tell me ...").</param>
public sealed record WorldPrompt(Question Question, IReadOnlyList<ChatMessage> Messages, bool HasHeldOutPhrasing);
