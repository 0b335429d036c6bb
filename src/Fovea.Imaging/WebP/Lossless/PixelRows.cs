namespace Fovea.Imaging.WebP.Lossless;

/// <summary>Takes the rows of an image as they are read.</summary>
internal abstract class PixelRows
{
    /// <summary>The next row.</summary>
    /// <param name="row">(W), alpha, red, green, blue from the highest byte down.</param>
    public abstract void Add(ReadOnlySpan<uint> row);
}
