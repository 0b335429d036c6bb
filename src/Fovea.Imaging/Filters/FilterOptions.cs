using Fovea.Layers;

namespace Fovea.Imaging.Filters;

/// <summary>What is done beside the convolution.</summary>
public sealed record FilterOptions
{
    /// <summary>The most pixels that a filter or a pooling may step at once.</summary>
    public const int MaxStride = 64;

    /// <summary>How many pixels the filter moves from one output to the next.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Black pixels around the image; none unless given, so the output is smaller than the image.</summary>
    public Padding Padding { get; init; }

    /// <summary>Whether what is below zero becomes zero.</summary>
    public bool ReLU { get; init; }

    /// <summary>How windows of <see cref="PoolSize"/> are made one pixel.</summary>
    public FilterPool Pool { get; init; }

    /// <summary>Height, width and step of the pooling's windows.</summary>
    public int PoolSize { get; init; } = 2;

    /// <summary>What is behind transparent parts of the image.</summary>
    public Colour Background { get; init; } = Colour.White;

    /// <summary>The most threads it may use; the result is the same for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}

/// <summary>What a window is reduced to.</summary>
public enum FilterPool
{
    /// <summary>There is no pooling.</summary>
    None,

    /// <summary>The largest value.</summary>
    Max,

    /// <summary>The mean.</summary>
    Average,
}
