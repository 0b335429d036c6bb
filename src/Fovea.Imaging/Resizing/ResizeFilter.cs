namespace Fovea.Imaging.Resizing;

/// <summary>How the pixels near a point are weighed when a image changes its size.</summary>
public enum ResizeFilter
{
    /// <summary>The mean of the area under the new pixel; enlarged, the nearest pixel.</summary>
    Box,

    /// <summary>Weights that fall linearly to 0: the usual choice.</summary>
    Bilinear,

    /// <summary>Cubic convolution with a = −0.5 (Keys, 1981): sharper.</summary>
    Bicubic,

    /// <summary>The ideal low pass, cut off after three pixels (Lanczos' window; Duchon, 1979): sharpest, and slowest.</summary>
    Lanczos,
}
