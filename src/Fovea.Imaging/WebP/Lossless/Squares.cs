namespace Fovea.Imaging.WebP.Lossless;

/// <summary>Squares of pixels that share a parameter.</summary>
internal static class Squares
{
    /// <summary>How many squares of 2^<paramref name="bits"/> pixels it takes to cover a size.</summary>
    public static int Across(int size, int bits) => (size + (1 << bits) - 1) >> bits;
}
