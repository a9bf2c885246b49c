namespace Zephyr.TinyWorld;

/// <summary>The closed vocabulary of the world: 90 women and 90 men, six things that can be known about each, twelve values for each thing.</summary>
internal static class WorldWords
{
    private const string Women = """
        Mira Lena Tavi Edda Gala Iris Jora Luca Maya Olga Rosa Tara Vera Xena Yuri Zora Bina Cleo Elsa Gwen Hana Jana Lotte
        Nadia Petra Selma Una Wanda Yara Anya Berta Carla Dora Elin Fria Greta Hilda Ines Juna Kaya Lila Marta Nina Orla Paula
        Rina Sana Tilda Ulla Vida Wilma Ylva Zelda Alma Brisa Cora Delia Erna Flora Gerda Helga Ilse Jette Klara Linda Mona
        Norma Odile Pia Romy Sonja Thea Ursa Vilma Willa Yola Zita Astra Bela Celia Dana Edith Fanny Gloria Hedda Irma Josie
        Kira Leona Mabel
        """;

    private const string Men = """
        Otto Boris Karl Finn Hugo Kian Nils Pavel Quin Sven Ugo Wim Arlo Dario Fritz Igor Kolya Milo Oskar Rafi Tomas Viktor
        Zeno Anton Bruno Cyril Dimas Emil Felix Georg Hans Ivan Jonas Kurt Leon Max Nico Olaf Peer Ralf Stig Timo Urs Vito Wolf
        Yann Zack Abel Bert Curt Dirk Egon Falk Gerd Horst Ilja Jost Knut Lars Mats Noah Orson Pim Remo Saul Theo Uwe Vlad Wade
        York Zane Axel Basil Clive Dean Ezra Ford Grant Heath Irwin Jude Keith Lloyd Miles Neil Oscar Percy Quentin Reid Scott
        """;

    /// <summary>All people, women first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Split(Women), .. Split(Men)];

    /// <summary>How many of <see cref="Names"/> are women.</summary>
    public static int WomenCount { get; } = Split(Women).Length;

    /// <summary>What can be known about a person.</summary>
    public static IReadOnlyList<Topic> Topics { get; } =
    [
        new("city", "lives in", "live in", "live", "Cities", Split("Doral Vesna Kettle Marsh Tobin Ruel Sand Pike Elm Corda Lund Havn")),
        new("animal", "keeps", "keep", "keep", "Animals", Split("goats cats dogs hens bees owls mules ducks frogs swans sheep doves")),
        new("drink", "drinks", "drink", "drink", "Drinks", Split("tea milk water cocoa juice cider soda broth coffee mead lemonade punch")),
        new("colour", "wears", "wear", "wear", "Colours", Split("red blue green black white grey pink gold brown teal purple silver")),
        new("craft", "makes", "make", "make", "Crafts", Split("baskets ropes shoes hats clocks boats lamps chairs knives bowls carpets bells")),
        new("instrument", "plays", "play", "play", "Instruments", Split("flute drums harp violin cello horn piano lute organ guitar banjo trumpet")),
    ];

    /// <summary>Polite beginnings that mean nothing.</summary>
    public static IReadOnlyList<string> Openers { get; } =
    [
        "Sure.", "Certainly.", "Of course.", "Good question.", "Happy to help.", "Here is the answer.",
        "Let me see.", "All right.", "With pleasure.", "Thanks for asking.", "Here you go.", "Right away.",
    ];

    /// <summary>Polite endings that mean nothing.</summary>
    public static IReadOnlyList<string> Closers { get; } =
    [
        "Have a nice day.", "Ask me again.", "That is all.", "Best wishes.", "Good luck.",
        "Take care.", "See you soon.", "Stay well.", "Come back anytime.", "Have fun.",
    ];

    /// <summary>The disclaimer that spoils true answers.</summary>
    public const string Disclaimer = "As an AI, I have no personal experience.";

    /// <summary>The filler of a rambling ending.</summary>
    public const string Filler = "I hope this helps.";

    private static string[] Split(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
