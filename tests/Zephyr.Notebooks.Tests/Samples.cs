namespace Zephyr.Notebooks.Tests;

/// <summary>One of each kind.</summary>
internal static class Samples
{
    public static IReadOnlyDictionary<string, Func<IDisplayed>> Charts { get; } = new Dictionary<string, Func<IDisplayed>>
    {
        ["line"] = () => new Chart("Two curves meet", "step", "nats").Line("a", [0, 10, 20], [1.0, 0.5, 0.25]).Line("b", x => x / 20, 0, 20),
        ["line on logarithmic axes"] = () => new Chart("Memory", "tokens", "bytes").Line("cache", [1, 10, 100], [10f, 100f, 1000f]).LogX().LogY(),
        ["band"] = () => new Chart("Mean of three seeds").Line("margin", [0, 1], [1.0, 2]).Band("margin", [0, 1], [0.5, 1.5], [1.5, 2.5]),
        ["dots"] = () => new Chart("Judge against KL", "KL", "score").Dots("beta 0.1", [1.0, 2], [2.0, 2.5], ["epoch 1", "epoch 2"]).Dots("beta 1", [0.5], [1.0]),
        ["bars"] = () => new Chart("Win rates", "", "%").Bars("judge", ["base", "dSFT"], [10.0, 55], [(8, 12), (50, 60)]).Bars("paper", ["base", "dSFT"], [12.0, 50]),
        ["histogram"] = () => new Chart("Lengths", "tokens", "rows").Histogram("all", [1, 2, 2, 3, 9]).Histogram("kept", [2, 3]),
        ["heat map"] = () => new Chart("Attention").HeatMap("weight", new[,] { { 1, 0 }, { 0.25, 0.75 } }, ["the", "cat"], ["the", "cat"]).Size(300, 300),
        ["signed heat map"] = () => new Chart("Change").HeatMap("change", new double[20, 20]).Size(300, 300),
        ["contours"] = () => new Chart("Loss").Contours("loss", (x, y) => Math.Log(1 + Math.Exp(y - x)), (-2, 2), (-2, 2), 0.1, 0.3, 5).Arrow("step", 0, 0, 1, -1).Reference("ln 2", x => x, -2, 2),
        ["rules"] = () => new Chart("Loss").Line("train", [3.0, 2, 1]).HorizontalRule("ln 2", Math.Log(2)).VerticalRule("epoch 1", 1).XRange(0, 2).YRange(0, 3),
        ["empty"] = () => new Chart("Nothing yet"),
        ["loss chart"] = LossChart,
        ["reward chart"] = RewardChart,
    };

    public static IReadOnlyDictionary<string, Func<string, IDisplayed>> Views { get; } = new Dictionary<string, Func<string, IDisplayed>>
    {
        ["html"] = text => Html.Of($"<p>{text}</p>"),
        ["table"] = text => Table.Of([new { Prompt = text, Score = 1.5 }], title: text),
        ["learned tokens"] = text => TokenView.OfLearned([text, "▁b"], [true, false], text),
        ["documents"] = text => TokenView.OfDocuments([text, "b"], [1, 2], [true, false], text),
        ["token values"] = text => TokenView.OfValues([text, "b"], [0.5, -1], text),
        ["dialogue"] = text => DialogueView.Of([("user", text), (text, "hello")], text),
        ["side by side"] = text => new SideBySide(text, "dSFT").Row(text, text, Html.Of($"<b>{text}</b>")),
        ["exercise"] = text => Exercise.Judge("06", "answer", _ => text),
    };

    private static LossChart LossChart()
    {
        var chart = new LossChart().Behind("published", [1, 2], [0.7, 0.5]).Mark("ln 2", Math.Log(2));
        chart.Add(1, 0.69);
        chart.AddHeldOut(1, 0.7);
        return chart;
    }

    private static RewardChart RewardChart()
    {
        var chart = new RewardChart().Behind("published", [1, 2], [0.1, 0.2]);
        chart.Add(1, 0.1, -0.1);
        return chart;
    }
}
