namespace Fovea.Layers;

/// <summary>How <see cref="Upsample2d"/> makes pixels between pixels.</summary>
public enum UpsampleMode
{
    /// <summary>Every pixel is repeated.</summary>
    Nearest,

    /// <summary>Every pixel is a mean of up to four, by their distances.</summary>
    Bilinear,
}
