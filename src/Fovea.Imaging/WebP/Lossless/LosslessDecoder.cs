namespace Fovea.Imaging.WebP.Lossless;

/// <summary>
/// Reads the lossless format (RFC 9649, "WebP Lossless Bitstream"): transforms, and an entropy-coded image on which they
/// are undone in the reverse order.
/// </summary>
internal static class LosslessDecoder
{
    private const int Signature = 0x2F, HeaderLength = 5;

    /// <summary>What the header says.</summary>
    /// <exception cref="ImageFormatException">It is damaged.</exception>
    public static (int Width, int Height, bool HasAlpha) ReadHeader(ReadOnlySpan<byte> data)
    {
        if (data.Length < HeaderLength || data[0] != Signature)
            throw new ImageFormatException("WebP: the lossless image's header is damaged");
        LosslessBits bits = default;
        bits.Read(data, 8);
        int width = bits.Read(data, 14) + 1, height = bits.Read(data, 14) + 1;
        bool alpha = bits.ReadFlag(data);
        int version = bits.Read(data, 3);
        return version == 0 ? (width, height, alpha) : throw new ImageFormatException($"WebP: the lossless image has version {version}; 0 is known");
    }

    /// <summary>Reads a image behind its header.</summary>
    /// <param name="data">The data with the header.</param>
    /// <param name="rows">Takes the image.</param>
    /// <exception cref="ImageFormatException">The data are damaged or end.</exception>
    public static void Read(ReadOnlySpan<byte> data, PixelRows rows)
    {
        (int width, int height, _) = ReadHeader(data);
        ReadPixels(data[HeaderLength..], width, height, rows);
    }

    /// <summary>Reads a image that has no header.</summary>
    /// <param name="data">The data, transforms first.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="rows">Takes the image.</param>
    /// <exception cref="ImageFormatException">The data are damaged or end.</exception>
    public static void ReadPixels(ReadOnlySpan<byte> data, int width, int height, PixelRows rows)
    {
        LosslessBits bits = default;
        var transforms = new List<Transform>();
        int packedWidth = width, seen = 0;
        while (bits.ReadFlag(data))
        {
            int kind = bits.Read(data, 2);
            if ((seen & (1 << kind)) != 0)
                throw new ImageFormatException("WebP: a transform comes twice");
            seen |= 1 << kind;
            transforms.Add(kind switch
            {
                0 => new PredictorTransform(ref bits, data, packedWidth, height),
                1 => new ColourTransform(ref bits, data, packedWidth, height),
                2 => new SubtractGreenTransform(),
                _ => new PaletteTransform(ref bits, data),
            });
            if (transforms[^1] is PaletteTransform palette)
                packedWidth = palette.PackedWidth(packedWidth);
        }
        EntropyCodedImage.Read(ref bits, data, packedWidth, height, new TransformedRows(transforms, width, packedWidth, rows));
    }

    /// <summary>Undoes the transforms, the last first.</summary>
    private sealed class TransformedRows(List<Transform> transforms, int width, int packedWidth, PixelRows rows) : PixelRows
    {
        private readonly uint[] _row = new uint[width];
        private int _y;

        public override void Add(ReadOnlySpan<uint> row)
        {
            row.CopyTo(_row);
            int current = packedWidth;
            for (int i = transforms.Count - 1; i >= 0; i--)
            {
                if (transforms[i] is PaletteTransform)
                    current = width;
                transforms[i].Undo(_row.AsSpan(0, current), _y);
            }
            _y++;
            rows.Add(_row);
        }
    }
}
