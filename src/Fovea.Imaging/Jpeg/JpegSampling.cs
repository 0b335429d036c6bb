namespace Fovea.Imaging.Jpeg;

/// <summary>How finely a JPEG file keeps colour beside brightness.</summary>
public enum JpegSampling
{
    /// <summary>4:4:4: colour at every pixel.</summary>
    Full,

    /// <summary>4:2:0: one colour for two by two pixels, the mean of theirs. Smaller, and hardly to be seen in photographs.</summary>
    Halved,
}
