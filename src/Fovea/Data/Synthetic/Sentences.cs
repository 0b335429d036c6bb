using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>
/// Generated opinions in English, positive or negative: a statement in one of 30 forms, half of which turn the meaning of
/// their word ("hardly a failure"), within one of 20 sentences, some of which hold another opinion that does not count
/// ("I expected it to be awful, but …"). Every word of opinion is as frequent in both classes, so that words alone tell
/// nothing; what stands beside them does.
/// </summary>
public static class Sentences
{
    internal static readonly string[] Classes = ["negative", "positive"];

    /// <summary>One of so many pairs of statement and sentence is kept for the test.</summary>
    private const ulong HeldOutTemplates = 6;

    /// <summary>One of so many sentences is kept for the test.</summary>
    private const ulong HeldOutSentences = 5;

    private static readonly string[] Good =
        ["good", "great", "wonderful", "excellent", "brilliant", "charming", "delightful", "superb", "fantastic", "lovely", "beautiful", "clever", "funny", "fresh", "perfect", "pleasant"];

    private static readonly string[] Bad =
        ["bad", "awful", "terrible", "poor", "dreadful", "boring", "horrible", "dull", "disappointing", "ugly", "stupid", "stale", "clumsy", "annoying", "tedious", "nasty"];

    private static readonly string[] GoodNouns = ["triumph", "success", "joy", "treat", "delight", "masterpiece", "gem", "pleasure"];
    private static readonly string[] BadNouns = ["failure", "disaster", "mess", "bore", "waste", "letdown", "flop", "nightmare"];
    private static readonly string[] GoodVerbs = ["like", "love", "enjoy", "admire", "recommend", "adore"];
    private static readonly string[] BadVerbs = ["dislike", "hate", "regret", "despise", "resent", "detest"];

    private static readonly string[] Subjects =
    [
        "the film", "the meal", "the hotel", "this book", "the concert", "the service", "this phone", "the room", "the story", "the play", "the cake", "the tour",
        "this game", "the music", "the album", "the soup", "the exhibition", "this camera", "the ending", "the staff", "the breakfast", "the lecture", "this novel", "the show",
    ];

    private static readonly string[] Strong = ["very", "really", "truly", "quite", "rather", "extremely", "pretty", "absolutely"];
    private static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    private static readonly string[] People = ["sister", "brother", "neighbour", "aunt", "colleague", "teacher", "uncle", "friend"];
    private static readonly string[] Parts = ["reviews", "weather", "seats", "posters", "trailers", "photos", "prices", "traffic"];

    /// <summary>Statements, and whether they mean what their word says. {A} is an adjective, {N} a noun, {V} a verb.</summary>
    private static readonly (string Text, bool IsStraight)[] Statements =
    [
        ("{S} was {A}", true), ("{S} was {I} {A}", true), ("{S} is {A}", true), ("{S} turned out {A}", true), ("I found {S} {A}", true), ("I found {S} {I} {A}", true),
        ("{S} was nothing less than {A}", true), ("{S} seemed {A} to me", true), ("{S} was a {N}", true), ("{S} was a complete {N}", true), ("{S} proved a {N}", true),
        ("I {V} {S}", true), ("I really {V} {S}", true), ("we all {V} {S}", true), ("{S} is without doubt {A}", true),
        ("{S} was not {A}", false), ("{S} wasn't {A}", false), ("{S} was not at all {A}", false), ("{S} was never {A}", false), ("{S} was hardly {A}", false), ("{S} was far from {A}", false),
        ("{S} was anything but {A}", false), ("I did not find {S} {A}", false), ("{S} isn't {I} {A}", false), ("{S} was not a {N}", false), ("{S} was hardly a {N}", false), ("{S} was no {N}", false),
        ("I don't {V} {S}", false), ("I could never {V} {S}", false), ("nobody would call it {A}", false),
    ];

    /// <summary>Sentences around a statement {M}. {X} is an adjective that tells nothing.</summary>
    private static readonly string[] Frames =
    [
        "{M}.", "{M}!", "Well, {M}.", "My {R} and I agree: {M}.", "We went there on {D}, and {M}.", "{M}, and we stayed until {D}.", "On {D} my {R} came along; {M}.",
        "My {R} paid for it, and {M}.", "{M}, as my {R} had told me on {D}.", "To be honest, {M}.", "Whatever my {R} thinks, {M}.", "It was {D}, it rained, and {M}.",
        "I expected it to be {X}, but {M}.", "People had called it {X}, yet {M}.", "Despite the {X} {P}, {M}.", "{M}, in spite of the {X} {P}.", "{M}, although my {R} expected something {X}.",
        "After so many {X} {P}, {M}.", "My {R} has {X} taste, but {M}.", "I had read {X} {P} on {D}; still, {M}.",
    ];

    /// <summary>Generates sentences, the two classes in equal parts. No sentence of the test is one to learn from, and a third of the test has pairs of statement and sentence that those to learn from do not have.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The same seed gives the same sentences.</param>
    /// <param name="split">Sentences to learn from, or others to test with.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public static TextDataset Generate(int count, ulong seed = 0, DatasetSplit split = DatasetSplit.Train)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var texts = new string[count];
        int[] labels = new int[count];
        var rng = new Rng(seed, Hash("sentences"), (ulong)split);
        for (int i = 0; i < count; i++)
        {
            labels[i] = i % 2;
            bool wantsNew = split == DatasetSplit.Test && i / 2 % 3 == 0;
            do
                texts[i] = Write(labels[i] == 1, wantsNew, ref rng);
            while (Hash(texts[i]) % HeldOutSentences == 0 != (split == DatasetSplit.Test));
        }
        return new TextDataset($"sentences/{(split == DatasetSplit.Train ? "train" : "test")}", texts, labels, Classes);
    }

    /// <summary>Whether a pair of statement and sentence is kept for the test.</summary>
    internal static bool IsHeldOut(int statement, int frame) => Rng.Mix((ulong)(statement * 1000 + frame + 1)) % HeldOutTemplates == 0;

    private static string Write(bool isPositive, bool wantsNew, ref Rng rng)
    {
        int statement, frame;
        do
            (statement, frame) = (rng.NextInt(Statements.Length), rng.NextInt(Frames.Length));
        while (IsHeldOut(statement, frame) != wantsNew);
        (string text, bool isStraight) = Statements[statement];
        bool isGood = isPositive == isStraight;
        text = Fill(text, "{S}", Subjects, ref rng);
        text = Fill(text, "{I}", Strong, ref rng);
        text = Fill(text, "{A}", isGood ? Good : Bad, ref rng);
        text = Fill(text, "{N}", isGood ? GoodNouns : BadNouns, ref rng);
        text = Fill(text, "{V}", isGood ? GoodVerbs : BadVerbs, ref rng);
        string whole = Frames[frame].Replace("{M}", text, StringComparison.Ordinal);
        whole = Fill(whole, "{R}", People, ref rng);
        whole = Fill(whole, "{D}", Days, ref rng);
        whole = Fill(whole, "{P}", Parts, ref rng);
        whole = Fill(whole, "{X}", rng.NextInt(2) == 0 ? Good : Bad, ref rng);
        return char.ToUpperInvariant(whole[0]) + whole[1..];
    }

    private static string Fill(string text, string place, string[] words, ref Rng rng) =>
        text.Contains(place, StringComparison.Ordinal) ? text.Replace(place, words[rng.NextInt(words.Length)], StringComparison.Ordinal) : text;

    /// <summary>FNV-1a.</summary>
    private static ulong Hash(string text)
    {
        ulong hash = 14695981039346656037UL;
        foreach (char c in text)
            hash = (hash ^ c) * 1099511628211UL;
        return Rng.Mix(hash);
    }
}
