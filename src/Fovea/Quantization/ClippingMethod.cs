namespace Fovea.Quantization;

/// <summary>Where an activation's values are cut off so that bytes can hold the rest finely.</summary>
public enum ClippingMethod
{
    /// <summary>Where the mean squared error of rounding and cutting together is least.</summary>
    MeanSquaredError,

    /// <summary>Where 99.99 % of the values lie inside.</summary>
    Percentile,

    /// <summary>Nowhere: the largest value that was seen is the largest byte.</summary>
    Largest,
}

/// <summary>How a network is quantised.</summary>
public sealed record QuantizerOptions
{
    /// <summary>Where activations are cut off.</summary>
    public ClippingMethod Clipping { get; init; } = ClippingMethod.MeanSquaredError;

    /// <summary>
    /// 8 or 7: bits of a weight, its sign included. Without instructions for products of bytes (VNNI), 7 run about a seventh faster
    /// than 8, since twice as many products fit in 16 bits.
    /// </summary>
    public int WeightBits { get; init; } = 8;

    /// <summary>The most threads to calibrate with.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
