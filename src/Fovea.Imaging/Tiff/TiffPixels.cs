using Fovea.Imaging.Tiff.Compression;

namespace Fovea.Imaging.Tiff;

/// <summary>Turns samples of 8 bits into pixels.</summary>
internal sealed class TiffPixels
{
    private readonly TiffHeader _header;
    private readonly byte[] _palette = [];
    private readonly YCbCrConversion? _differences;
    private readonly Photometric _photometric;

    public TiffPixels(in TiffDirectory directory, TiffHeader header, ReadingNotes notes)
    {
        _header = header;
        // JPEG's decoder has made colours of its differences.
        bool colours = header.Photometric == Photometric.YCbCr && header.Compression == TiffCompression.Jpeg && !header.IsPlanar;
        _photometric = colours ? Photometric.Rgb : header.Photometric;
        if (_photometric == Photometric.Palette)
            _palette = ReadPalette(directory, header.Bits, notes);
        else if (_photometric == Photometric.YCbCr)
            _differences = new YCbCrConversion(directory);
        Channels = (header.Photometric is Photometric.WhiteIsZero or Photometric.BlackIsZero ? 1 : 3) + (HasAlpha ? 1 : 0);
    }

    /// <summary>Channels of the image.</summary>
    public int Channels { get; }

    /// <summary>Whether rows of whole samples are rows of pixels as they are.</summary>
    public bool IsCopy => _header.Bits == 8 && _photometric is Photometric.BlackIsZero or Photometric.Rgb
        && Channels == _header.Samples && _header.Extra != ExtraSample.AssociatedAlpha && !_header.IsPlanar;

    private bool HasAlpha => _header.Extra is ExtraSample.Alpha or ExtraSample.AssociatedAlpha;

    /// <summary>Writes pixels.</summary>
    /// <param name="samples">(W, <see cref="TiffHeader.Samples"/>).</param>
    /// <param name="pixels">(W, <see cref="Channels"/>).</param>
    public void Write(ReadOnlySpan<byte> samples, Span<byte> pixels)
    {
        int count = _header.Samples, channels = Channels;
        switch (_photometric)
        {
            case Photometric.Palette:
                for (int i = 0, at = 0; at < pixels.Length; i += count, at += channels)
                    _palette.AsSpan(3 * samples[i], 3).CopyTo(pixels[at..]);
                break;
            case Photometric.Cmyk:
                for (int i = 0, at = 0; at < pixels.Length; i += count, at += channels)
                {
                    // As Pillow reckons it: light = (1 − black) − ink · (1 − black).
                    int light = 255 - samples[i + 3];
                    for (int c = 0; c < 3; c++)
                        pixels[at + c] = (byte)(light - Alpha.Scale(samples[i + c], light));
                }
                break;
            case Photometric.YCbCr:
                for (int i = 0, at = 0; at < pixels.Length; i += count, at += channels)
                    _differences!.Convert(samples[i], samples[i + 1], samples[i + 2], pixels[at..]);
                break;
            default:
                CopyColours(samples, count, pixels, channels);
                break;
        }
        if (HasAlpha)
            AddAlpha(samples[TiffHeader.Colours(_photometric)..], count, pixels, channels);
    }

    private void CopyColours(ReadOnlySpan<byte> samples, int count, Span<byte> pixels, int channels)
    {
        int invert = _photometric == Photometric.WhiteIsZero ? 255 : 0, colours = TiffHeader.Colours(_photometric);
        if (count == 1)
        {
            for (int i = 0; i < pixels.Length; i++)
                pixels[i] = (byte)(samples[i] ^ invert);
            return;
        }
        for (int i = 0, at = 0; at < pixels.Length; i += count, at += channels)
            for (int c = 0; c < colours; c++)
                pixels[at + c] = (byte)(samples[i + c] ^ invert);
    }

    private void AddAlpha(ReadOnlySpan<byte> alphas, int count, Span<byte> pixels, int channels)
    {
        bool associated = _header.Extra == ExtraSample.AssociatedAlpha;
        for (int i = 0, at = 0; at < pixels.Length; i += count, at += channels)
        {
            int alpha = alphas[i];
            pixels[at + channels - 1] = (byte)alpha;
            if (!associated || alpha == 255)
                continue;
            for (int c = at; c < at + channels - 1; c++)
                pixels[c] = alpha == 0 ? (byte)0 : (byte)Math.Min(255 * pixels[c] / alpha, 255);
        }
    }

    /// <summary>All colours that samples can name, in red, green, blue; those that the file leaves out are black.</summary>
    private static byte[] ReadPalette(in TiffDirectory directory, int bits, ReadingNotes notes)
    {
        TiffValues values = directory.Required(TiffTag.ColorMap, "ColorMap");
        int colours = values.Count / 3;
        if (colours < 1 << bits)
            notes.Add(ReadingNotes.ColoursBeyondPalette);
        // Some old programs wrote 8 bits where 16 belong.
        int shift = 0;
        for (int i = 0; i < values.Count && shift == 0; i++)
            shift = values[i] > 255 ? 8 : 0;
        var palette = new byte[3 << bits];
        for (int i = 0; i < Math.Min(colours, 1 << bits); i++)
            for (int c = 0; c < 3; c++)
                palette[(3 * i) + c] = (byte)(values[(c * colours) + i] >> shift);
        return palette;
    }
}
