namespace Fovea.Imaging;

/// <summary>
/// What a reader accepts from a file it knows nothing about. Beyond these limits readers check that the file is long
/// enough to justify the size it declares, and only then allocate.
/// </summary>
public sealed record ImageLimits
{
    /// <summary>100 megapixels, sides of up to 65,535, files of up to 512 MiB.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>The most pixels (width × height) that a image may have.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>The most columns and the most rows that a image may have: much work costs by the side.</summary>
    public int MaxSide { get; init; } = ushort.MaxValue;

    /// <summary>The most bytes that a image file may have.</summary>
    public long MaxFileBytes { get; init; } = 512L << 20;

    /// <summary>Checks a declared size.</summary>
    /// <exception cref="ImageFormatException">A size is zero or negative, a side is too long, or there are too many pixels.</exception>
    public void Check(string format, long width, long height)
    {
        if (width <= 0 || height <= 0)
            throw new ImageFormatException($"{format}: the size {width}×{height} is empty");
        if (width > MaxSide || height > MaxSide)
            throw new ImageFormatException($"{format}: the size {width}×{height} is over the limit of {MaxSide} a side");
        if (width * height > MaxPixels)
            throw new ImageFormatException($"{format}: the size {width}×{height} is over the limit of {MaxPixels} pixels");
        if (width * height > Array.MaxLength / 4)
            throw new ImageFormatException($"{format}: the size {width}×{height} does not fit into memory");
    }
}
