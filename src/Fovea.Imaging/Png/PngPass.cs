namespace Fovea.Imaging.Png;

/// <summary>
/// The pixels that are sent together: the whole image, or one of the seven steps of Adam7. Its pixel (i, j) is the
/// image's (Left + i·StepX, Top + j·StepY).
/// </summary>
internal readonly record struct PngPass(int Left, int Top, int StepX, int StepY, int Width, int Height)
{
    private static readonly (int Left, int Top, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>The passes that hold pixels, in the order of the file.</summary>
    public static List<PngPass> Of(PngHeader header)
    {
        if (!header.Interlaced)
            return [new PngPass(0, 0, 1, 1, header.Width, header.Height)];
        var passes = new List<PngPass>(Adam7.Length);
        foreach ((int left, int top, int stepX, int stepY) in Adam7)
        {
            int width = (header.Width - left + stepX - 1) / stepX;
            int height = (header.Height - top + stepY - 1) / stepY;
            if (width > 0 && height > 0)
                passes.Add(new PngPass(left, top, stepX, stepY, width, height));
        }
        return passes;
    }
}
