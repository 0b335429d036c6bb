using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>A data set that is generated when it is opened.</summary>
public sealed record BuiltInEntry
{
    internal BuiltInEntry(
        string name, string description, Shape imageShape, IReadOnlyList<string> classNames, int trainCount, int testCount,
        Func<int, ulong, int, DatasetSplit, IDataset> generate)
    {
        Name = name;
        Description = description;
        ImageShape = imageShape;
        ClassNames = classNames;
        TrainCount = trainCount;
        TestCount = testCount;
        Generate = generate;
    }

    /// <summary>The name it is asked for by.</summary>
    public string Name { get; }

    /// <summary>What it shows, in one sentence.</summary>
    public string Description { get; }

    /// <summary>(C, H, W) of every image; (1) of texts, whose length is chosen later.</summary>
    public Shape ImageShape { get; }

    /// <summary>The classes' names.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>How many images there are to learn from.</summary>
    public int TrainCount { get; }

    /// <summary>How many images there are to be judged by.</summary>
    public int TestCount { get; }

    /// <summary>Generates so many samples, from a seed, with so many threads, of a part.</summary>
    internal Func<int, ulong, int, DatasetSplit, IDataset> Generate { get; }
}
