using Fovea.Imaging.Tiff.Compression;

namespace Fovea.Imaging.Tiff;

/// <summary>What the numbers of a pixel are (field 262).</summary>
internal enum Photometric
{
    WhiteIsZero = 0,
    BlackIsZero = 1,
    Rgb = 2,
    Palette = 3,
    Cmyk = 5,
    YCbCr = 6,
}

/// <summary>What the sample behind the colours is.</summary>
internal enum ExtraSample
{
    None,
    Ignored,
    AssociatedAlpha,
    Alpha,
}

/// <summary>How the first page of a file is stored, checked to be something that can be read.</summary>
internal sealed class TiffHeader
{
    /// <summary>Padding of tiles may cost this many bytes beyond four times the page itself.</summary>
    private const long PaddingAllowance = 16 << 20;

    private const int MaxSamples = 64;

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Bits of a sample, the same for all.</summary>
    public required int Bits { get; init; }

    /// <summary>Samples of a pixel.</summary>
    public required int Samples { get; init; }

    public required Photometric Photometric { get; init; }

    public required TiffCompression Compression { get; init; }

    /// <summary>Whether samples are told as differences from the pixel to the left.</summary>
    public required bool HasPredictor { get; init; }

    /// <summary>Whether every sample has segments of its own.</summary>
    public required bool IsPlanar { get; init; }

    /// <summary>Whether the lowest bit of a byte comes first.</summary>
    public required bool IsReversed { get; init; }

    public required bool IsLittleEndian { get; init; }

    public required int Orientation { get; init; }

    public required ExtraSample Extra { get; init; }

    public required bool IsTiled { get; init; }

    /// <summary>Pixels of a strip or tile across.</summary>
    public required int SegmentWidth { get; init; }

    /// <summary>Rows of a strip or tile.</summary>
    public required int SegmentHeight { get; init; }

    /// <summary>Brightness samples for one of colour, across and down.</summary>
    public required (int Across, int Down) Subsampling { get; init; }

    /// <summary>Options of CCITT fax encoding (field 292).</summary>
    public required int FaxOptions { get; init; }

    public int SegmentsAcross => (int)(((long)Width + SegmentWidth - 1) / SegmentWidth);

    public int SegmentsDown => (int)(((long)Height + SegmentHeight - 1) / SegmentHeight);

    public int Planes => IsPlanar ? Samples : 1;

    /// <summary>Samples of a pixel in one segment.</summary>
    public int SegmentSamples => IsPlanar ? 1 : Samples;

    public bool IsSubsampled => Subsampling != (1, 1);

    /// <summary>Bytes of some rows of a segment.</summary>
    public long SegmentBytes(int rows)
    {
        if (!IsSubsampled)
            return RowBytes * rows;
        (int across, int down) = Subsampling;
        return (((long)SegmentWidth + across - 1) / across) * ((rows + down - 1) / down) * ((across * down) + 2);
    }

    /// <summary>Bytes of a row of a segment whose samples are not subsampled.</summary>
    public long RowBytes => (((long)SegmentWidth * SegmentSamples * Bits) + 7) / 8;

    /// <exception cref="ImageFormatException">Something is missing, makes no sense, is not supported or over the limits.</exception>
    public static TiffHeader Read(in TiffDirectory directory, ImageLimits limits)
    {
        long width = directory.Required(TiffTag.ImageWidth, "ImageWidth")[0], height = directory.Required(TiffTag.ImageLength, "ImageLength")[0];
        limits.Check("TIFF", width, height);
        long samples = directory.Number(TiffTag.SamplesPerPixel, 1);
        if (samples is < 1 or > MaxSamples)
            throw new ImageFormatException($"TIFF: a pixel has {samples} samples; 1 to {MaxSamples} are read");
        TiffCompression compression = TiffCompressions.Of(directory.Number(TiffTag.Compression, 1));
        Photometric photometric = ReadPhotometric(directory, (int)samples, compression);
        int bits = ReadBits(directory, (int)samples, photometric, compression);
        bool planar = directory.Number(TiffTag.PlanarConfiguration, 1) == 2 && samples > 1;
        bool tiled = directory.TryGet(TiffTag.TileOffsets, out _);
        long segmentWidth = tiled ? directory.Required(TiffTag.TileWidth, "TileWidth")[0] : width;
        long segmentHeight = tiled ? directory.Required(TiffTag.TileLength, "TileLength")[0] : Math.Min(directory.Number(TiffTag.RowsPerStrip, height), height);
        if (segmentWidth is < 1 or > int.MaxValue || segmentHeight is < 1 or > int.MaxValue)
            throw new ImageFormatException($"TIFF: a {(tiled ? "tile" : "strip")} of {segmentWidth}×{segmentHeight} pixels makes no sense");
        var header = new TiffHeader
        {
            Width = (int)width,
            Height = (int)height,
            Bits = bits,
            Samples = (int)samples,
            Photometric = photometric,
            Compression = compression,
            HasPredictor = ReadPredictor(directory, compression, bits),
            IsPlanar = planar,
            IsReversed = directory.Number(TiffTag.FillOrder, 1) == 2,
            IsLittleEndian = directory.IsLittleEndian,
            Orientation = directory.Number(TiffTag.Orientation, 1) is var orientation and >= 1 and <= 8 ? (int)orientation : ExifOrientation.Upright,
            Extra = ReadExtra(directory, (int)samples, photometric),
            IsTiled = tiled,
            SegmentWidth = (int)segmentWidth,
            SegmentHeight = (int)segmentHeight,
            Subsampling = ReadSubsampling(directory, photometric, compression),
            FaxOptions = (int)directory.Number(TiffTag.FaxOptions, 0),
        };
        header.CheckSegments();
        return header;
    }

    private void CheckSegments()
    {
        if (IsSubsampled && (IsPlanar || Samples != 3 || HasPredictor))
            throw new ImageFormatException("TIFF: subsampled YCbCr is read with three samples side by side, without a predictor");
        long rows = Math.Min(SegmentHeight, Height), whole = ((((long)Width * Samples * Bits) + 7) / 8) * Height;
        double all = (double)SegmentBytes((int)rows) * SegmentsAcross * SegmentsDown * Planes;
        if (SegmentBytes((int)rows) > Array.MaxLength - 64 || all > (4 * (double)whole) + PaddingAllowance)
            throw new ImageFormatException($"TIFF: {(IsTiled ? "tiles" : "strips")} of {SegmentWidth}×{SegmentHeight} pixels are out of proportion to a page of {Width}×{Height}");
    }

    private static Photometric ReadPhotometric(in TiffDirectory directory, int samples, TiffCompression compression)
    {
        long value = directory.Number(TiffTag.Photometric, -1);
        Photometric result = value switch
        {
            // Nobody may leave it out, some do.
            -1 when samples >= 3 => Photometric.Rgb,
            -1 => compression is TiffCompression.FaxRows or TiffCompression.Fax3 or TiffCompression.Fax4 ? Photometric.WhiteIsZero : Photometric.BlackIsZero,
            4 => Photometric.BlackIsZero,
            >= 0 and <= 6 => (Photometric)value,
            _ => throw new ImageFormatException($"TIFF: {ColourName(value)} is not supported; grey, RGB, palettes, CMYK and YCbCr are"),
        };
        int colours = Colours(result);
        if (samples < colours)
            throw new ImageFormatException($"TIFF: {ColourName((long)result)} takes {colours} samples a pixel, and the file has {samples}");
        return result;
    }

    private static int ReadBits(in TiffDirectory directory, int samples, Photometric photometric, TiffCompression compression)
    {
        long bits = 1;
        if (directory.TryGet(TiffTag.BitsPerSample, out TiffValues values))
        {
            bits = values[0];
            for (int i = 1; i < Math.Min(values.Count, samples); i++)
                if (values[i] != bits)
                    throw new ImageFormatException($"TIFF: samples of different sizes ({bits} and {values[i]} bits) are not supported");
        }
        if (directory.TryGet(TiffTag.SampleFormat, out values) && values[0] is 2 or 3 or 5 or 6)
            throw new ImageFormatException($"TIFF: {(values[0] == 3 ? "floating-point" : values[0] == 2 ? "signed" : "complex")} samples have no known black and white and are not supported; unsigned ones of 1 to 16 bits are");
        bool jpeg = compression == TiffCompression.Jpeg, fax = compression is TiffCompression.FaxRows or TiffCompression.Fax3 or TiffCompression.Fax4;
        bool supported = bits is >= 1 and <= 16 && (!jpeg || bits == 8) && (!fax || (bits == 1 && samples == 1))
            && (photometric != Photometric.Palette || bits <= 8) && (photometric != Photometric.YCbCr || bits == 8);
        if (!supported)
            throw new ImageFormatException($"TIFF: {ColourName((long)photometric)} with {samples} samples of {bits} bits{(jpeg ? " as JPEG" : fax ? " as fax" : "")} is not supported; samples of 1 to 16 bits are (palettes to 8, YCbCr and JPEG 8, fax one of 1)");
        return (int)bits;
    }

    private static bool ReadPredictor(in TiffDirectory directory, TiffCompression compression, int bits)
    {
        if (compression is not (TiffCompression.Lzw or TiffCompression.Deflate))
            return false;
        long predictor = directory.Number(TiffTag.Predictor, 1);
        if (predictor is not (1 or 2) || (predictor == 2 && bits is not (8 or 16)))
            throw new ImageFormatException($"TIFF: the predictor {predictor} with samples of {bits} bits is not supported; none (1) and horizontal differences (2) of 8 or 16 bits are");
        return predictor == 2;
    }

    private static ExtraSample ReadExtra(in TiffDirectory directory, int samples, Photometric photometric)
    {
        if (samples == Colours(photometric))
            return ExtraSample.None;
        bool mayBeAlpha = photometric is not (Photometric.Cmyk or Photometric.YCbCr);
        if (!directory.TryGet(TiffTag.ExtraSamples, out TiffValues values))
            // Such files are written, and everybody reads them as RGBA.
            return samples == 4 && photometric == Photometric.Rgb ? ExtraSample.Alpha : ExtraSample.Ignored;
        return values[0] switch
        {
            1 when mayBeAlpha => ExtraSample.AssociatedAlpha,
            // Corel Draw writes 999.
            2 or 999 when mayBeAlpha => ExtraSample.Alpha,
            _ => ExtraSample.Ignored,
        };
    }

    private static (int, int) ReadSubsampling(in TiffDirectory directory, Photometric photometric, TiffCompression compression)
    {
        if (photometric != Photometric.YCbCr || compression == TiffCompression.Jpeg)
            return (1, 1);
        if (!directory.TryGet(TiffTag.Subsampling, out TiffValues values) || values.Count < 2)
            return (2, 2);
        (long across, long down) = (values[0], values[1]);
        return across is 1 or 2 or 4 && down is 1 or 2 or 4
            ? ((int)across, (int)down)
            : throw new ImageFormatException($"TIFF: YCbCr is subsampled by {across}×{down}; 1, 2 or 4 would be right");
    }

    /// <summary>Samples that make a colour.</summary>
    public static int Colours(Photometric photometric) => photometric switch
    {
        Photometric.Rgb or Photometric.YCbCr => 3,
        Photometric.Cmyk => 4,
        _ => 1,
    };

    private static string ColourName(long photometric) => photometric switch
    {
        0 or 1 => "grey",
        2 => "RGB",
        3 => "a palette",
        5 => "CMYK",
        6 => "YCbCr",
        8 or 9 or 10 => "CIELab",
        32803 or 34892 => "a camera's raw data",
        32844 or 32845 => "LogLuv",
        _ => $"photometric interpretation {photometric}",
    };
}
