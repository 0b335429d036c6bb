using Fovea.Data;

namespace Fovea.Onnx.Zoo;

/// <summary>Weights that somebody publishes.</summary>
public abstract record ZooWeights
{
    private protected ZooWeights(Uri url) => Url = url;

    /// <summary>Where they are fetched from.</summary>
    public Uri Url { get; }

    /// <summary>What they learnt from, and how well, in one line.</summary>
    public required string Origin { get; init; }

    /// <summary>The name of the model's file in its folder of the cache.</summary>
    internal abstract string FileName { get; }

    /// <summary>Puts the model's file into a folder.</summary>
    /// <exception cref="DownloadException">It cannot be had, or is not the right one.</exception>
    internal abstract Task FetchAsync(ZooEntry entry, string folder, ZooOptions options, CancellationToken cancellation);
}
