namespace Zephyr.Runtime;

/// <summary>What start-up found and chose.</summary>
/// <param name="Threads">Threads of one operation.</param>
/// <param name="Device">The device that models are made on when nothing else is said: <c>cuda</c> where present, else <c>cpu</c>.</param>
/// <param name="Choices">Every setting and shortcut, in the order in which it was tried.</param>
public sealed record RuntimeReport(int Threads, string Device, IReadOnlyList<RuntimeChoice> Choices);

/// <summary>One setting or shortcut that start-up tried.</summary>
/// <param name="Name">What it is, for example <c>rms_norm</c>.</param>
/// <param name="Taken">Whether it is in use; otherwise the plain way is.</param>
/// <param name="Detail">Why, in words.</param>
public sealed record RuntimeChoice(string Name, bool Taken, string Detail);
