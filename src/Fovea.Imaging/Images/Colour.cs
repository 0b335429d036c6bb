using System.Globalization;
using Fovea.Serialization;

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

    /// <summary>What is behind transparent pixels for a model: what was in training; black for models stored without it.</summary>
    public static Colour BackgroundOf(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Background is [byte red, byte green, byte blue] ? new Colour(red, green, blue) : Black;
    }

    /// <summary>Reads <c>white</c>, <c>black</c>, <c>grey</c> or <c>#rrggbb</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="colour">The colour; black if it is none.</param>
    public static bool TryParse(string? text, out Colour colour)
    {
        colour = text switch
        {
            "white" => White,
            "grey" or "gray" => new Colour(128, 128, 128),
            _ => Black,
        };
        if (text is "white" or "grey" or "gray" or "black")
            return true;
        if (text is not ['#', ..] || text.Length != 7 || !int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
            return false;
        colour = new Colour((byte)(value >> 16), (byte)(value >> 8), (byte)value);
        return true;
    }

    /// <summary>Such as <c>white</c> or <c>#ff8000</c>, as <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => this == White ? "white" : this == Black ? "black" : $"#{Red:x2}{Green:x2}{Blue:x2}";

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
