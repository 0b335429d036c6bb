using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>A published data set that the catalogue knows.</summary>
public abstract class DatasetEntry
{
    private protected DatasetEntry()
    {
    }

    /// <summary>The name it is asked for by, and of its folder: <c>fashion-mnist</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in prose: <c>Fashion-MNIST</c>.</summary>
    public required string Title { get; init; }

    /// <summary>What it shows and who made it, in one sentence.</summary>
    public required string Description { get; init; }

    /// <summary>(C, H, W) of every image.</summary>
    public required Shape ImageShape { get; init; }

    /// <summary>The classes' names.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>How many images there are to learn from.</summary>
    public required int TrainCount { get; init; }

    /// <summary>How many images there are to be judged by.</summary>
    public required int TestCount { get; init; }

    /// <summary>The files it is published as.</summary>
    public required IReadOnlyList<DatasetDownload> Downloads { get; init; }

    /// <summary>Whether a folder holds enough of a part to open it.</summary>
    internal abstract bool Has(string folder, DatasetSplit split);

    /// <summary>Whether a folder holds all of both parts.</summary>
    internal abstract bool IsComplete(string folder);

    /// <summary>Opens a part that is there.</summary>
    internal abstract MemoryDataset Open(string folder, DatasetSplit split, Action<string>? note);

    /// <summary>Fetches into a folder what it lacks.</summary>
    internal abstract Task FetchAsync(string folder, DatasetOptions options, CancellationToken cancellation);

    private protected string NameOf(DatasetSplit split) => split == DatasetSplit.Train ? $"{Name}/train" : $"{Name}/test";
}
