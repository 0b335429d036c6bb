namespace Fovea.Imaging.Sheets;

/// <summary>
/// Capitals, digits and some signs of 3×5 pixels, for names under images: no font file is needed. Small letters look
/// like capitals, anything else is a dot.
/// </summary>
internal static class PixelFont
{
    /// <summary>A sign's width and height, without the pixel between signs.</summary>
    public const int Width = 3, Height = 5;

    // A sign is five rows from top to bottom, each an octal digit whose bits are pixels from left (4) to right (1).
    private const string Signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.,:/()%+'?@=&";
    private const string Rows =
        "25755" + "65656" + "34443" + "65556" + "74647" + "74644" + "34553" + "55755" + "72227" + "11152" + "55655" + "44447" + "57755"
        + "65555" + "25552" + "65644" + "25573" + "65655" + "34216" + "72222" + "55557" + "55552" + "55775" + "55255" + "55222" + "71247"
        + "75557" + "26227" + "61247" + "61216" + "55711" + "74616" + "34757" + "71222" + "75757" + "75716"
        + "00000" + "00700" + "00007" + "00002" + "00024" + "02020" + "11244" + "12221" + "42224" + "51245" + "02720" + "22000" + "61202" + "25543"
        + "07070" + "25253";

    /// <summary>How many pixels a text is wide.</summary>
    public static int Measure(string text, int scale) => Math.Max(0, text.Length * (Width + 1) - 1) * scale;

    /// <summary>Writes a text; what reaches beyond the image is cut off.</summary>
    public static void Write(Image image, int left, int top, string text, int scale, byte shade)
    {
        foreach (char c in text)
        {
            int sign = Signs.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal);
            for (int y = 0; y < Height * scale; y++)
                for (int x = 0; x < Width * scale; x++)
                {
                    int bits = Rows[(sign < 0 ? Signs.IndexOf('.', StringComparison.Ordinal) : sign) * Height + y / scale] - '0';
                    if ((bits >> (Width - 1 - x / scale) & 1) != 0 && left + x < image.Width && top + y < image.Height)
                        image.Row(top + y).Slice((left + x) * image.Channels, image.Channels).Fill(shade);
                }
            left += (Width + 1) * scale;
        }
    }
}
