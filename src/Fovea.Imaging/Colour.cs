namespace Fovea.Imaging;

/// <summary>An opaque colour.</summary>
public readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    /// <summary>All light: 255.</summary>
    public static Colour White { get; } = new(255, 255, 255);

    /// <summary>No light: 0, and the default.</summary>
    public static Colour Black { get; }

    /// <summary>Its brightness as <see cref="ImageConversion.ToGrey"/> reckons it.</summary>
    public byte Luma => ImageConversion.Luma(Red, Green, Blue);

    /// <summary>Writes the colour as one pixel of 1 to 4 channels.</summary>
    internal void Write(Span<byte> pixel)
    {
        pixel[0] = pixel.Length <= 2 ? Luma : Red;
        if (pixel.Length >= 3)
            (pixel[1], pixel[2]) = (Green, Blue);
        if (pixel.Length is 2 or 4)
            pixel[^1] = 255;
    }
}
