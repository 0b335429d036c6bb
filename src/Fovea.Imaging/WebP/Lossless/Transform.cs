namespace Fovea.Imaging.WebP.Lossless;

/// <summary>What an encoder did to a image so that it takes less room, undone row by row from the top.</summary>
internal abstract class Transform
{
    /// <summary>Undoes the transform.</summary>
    /// <param name="row">(W), in place.</param>
    /// <param name="y">Which row.</param>
    public abstract void Undo(Span<uint> row, int y);

    /// <summary>Reads what a transform begins with: its squares' size, and a pixel for each.</summary>
    protected static (int Bits, int Across, uint[] Pixels) ReadSquares(ref LosslessBits bits, ReadOnlySpan<byte> data, int width, int height)
    {
        int size = bits.Read(data, 3) + 2, across = Squares.Across(width, size);
        return (size, across, EntropyCodedImage.ReadSmall(ref bits, data, across, Squares.Across(height, size)));
    }
}
