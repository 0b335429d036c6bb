using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>The data sets that need no file and no network: they are generated when they are opened.</summary>
public static class BuiltIn
{
    private static readonly BuiltInEntry DigitsEntry = new(
        "digits", "handwriting-like digits, grey, centred, drawn from stroke skeletons", new Shape(1, Digits.Side, Digits.Side), Digits.Classes, 60_000, 10_000, Digits.Generate);

    private static readonly BuiltInEntry ShapesEntry = new(
        "shapes", "a circle, square or triangle in colour, any place, size and angle", new Shape(3, 32, 32), Shapes.Classes, 12_000, 3_000,
        (count, seed, threads, split) => Shapes.Generate(count, seed, threads: threads, split: split));

    private static readonly BuiltInEntry SmileysEntry = new(
        "smileys", "drawn faces with one of seven expressions, grey, any place, size and tilt", new Shape(1, Smileys.Side, Smileys.Side), Smileys.Classes, 21_000, 3_500, Smileys.Generate);

    private static readonly BuiltInEntry SentencesEntry = new(
        "sentences", "opinions in English, positive or negative, with negations and opinions that do not count", new Shape(1), Sentences.Classes, 8_000, 2_000,
        (count, seed, _, split) => Sentences.Generate(count, seed, split));

    /// <summary>All there are: <c>digits</c>, <c>shapes</c>, <c>smileys</c> and <c>sentences</c>.</summary>
    public static IReadOnlyList<BuiltInEntry> Entries { get; } = [DigitsEntry, ShapesEntry, SmileysEntry, SentencesEntry];

    /// <summary>The entry of this name, case aside, or null.</summary>
    public static BuiltInEntry? Find(string name) =>
        Entries.FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Generates a part of a built-in data set.</summary>
    /// <param name="name">The name of one of <see cref="Entries"/>; case does not matter.</param>
    /// <param name="split">Which part; the result is called <c>digits/train</c>, <c>shapes/test</c> and so on.</param>
    /// <param name="seed">0 is the data set that everyone means by its name; other seeds give other ones like it.</param>
    /// <param name="threads">The most threads to generate with, which change nothing; 0 is one a processor.</param>
    /// <exception cref="DatasetNotFoundException">There is no such data set.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is negative.</exception>
    public static IDataset Open(string name, DatasetSplit split, ulong seed = 0, int threads = 0)
    {
        BuiltInEntry entry = Find(name)
            ?? throw new DatasetNotFoundException($"no built-in data set is called '{name}'; there are {string.Join(", ", Entries.Select(entry => entry.Name))}");
        return entry.Generate(split == DatasetSplit.Train ? entry.TrainCount : entry.TestCount, seed, threads, split);
    }
}
