using Fovea.Imaging.Reducing;

namespace Fovea.Imaging.Pnm;

/// <summary>
/// Reads Netpbm files: P1 to P3 (text) and P4 to P6 (binary): black and white, grey, RGB, with a maximum of up to
/// 65535, brought to 0 to 255 by rounding. Of several images in a file the first is read.
/// </summary>
internal sealed class PnmDecoder : ImageDecoder
{
    /// <inheritdoc/>
    public override string FormatName => "PNM";

    /// <inheritdoc/>
    public override bool CanDecode(ReadOnlySpan<byte> header) => IsSignature(header);

    private static bool IsSignature(ReadOnlySpan<byte> header) =>
        header.Length >= 3 && header[0] == 'P' && header[1] is >= (byte)'1' and <= (byte)'6'
        && (PnmReader.IsSpace(header[2]) || header[2] == '#');

    /// <inheritdoc/>
    public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits) => Decode(file, limits, null, out _);

    /// <inheritdoc/>
    public override Image DecodeReduced(ReadOnlySpan<byte> file, ImageLimits limits, MinSize least, out (int Width, int Height) whole) =>
        Decode(file, limits, least, out whole);

    private static Image Decode(ReadOnlySpan<byte> file, ImageLimits limits, MinSize? least, out (int Width, int Height) whole)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (!IsSignature(file))
            throw new ImageFormatException("PNM: the file does not begin with P1 to P6");
        int kind = file[1] - '0';
        var reader = new PnmReader(file, 2);
        int width = reader.Number("width"), height = reader.Number("height");
        limits.Check("PNM", width, height);
        bool bits = kind is 1 or 4;
        int maximum = bits ? 1 : reader.Number("maximum");
        if (maximum is < 1 or > 65535)
            throw new ImageFormatException($"PNM: the maximum must be 1 to 65535, got {maximum}");

        int channels = kind is 3 or 6 ? 3 : 1;
        long samples = (long)width * height * channels;
        // Text takes a byte for every bit, and two for every number: a digit and a space, the last of which may be missing.
        long needed = kind switch
        {
            1 => samples,
            2 or 3 => (2 * samples) - 1,
            4 => (width + 7L) / 8 * height,
            _ => samples * (maximum > 255 ? 2 : 1),
        };
        if (kind > 3)
            reader.SkipOneSpace();
        if (needed > reader.Remaining)
            throw new ImageFormatException($"PNM: {width}×{height} pixels take at least {needed} bytes, and the file has {reader.Remaining} of them");

        PixelTarget target = PixelTarget.Create(width, height, channels, least);
        ReadOnlySpan<byte> data = reader.Rest;
        int rowBytes = (int)(needed / height);
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = target.Begin(y, 0, width);
            if (kind == 1)
                foreach (ref byte pixel in row)
                    pixel = reader.Bit() ? (byte)0 : (byte)255;
            else if (kind < 4)
                foreach (ref byte sample in row)
                    sample = Scale(reader.Number("sample"), maximum);
            else if (kind == 4)
                UnpackBits(data.Slice(y * rowBytes, rowBytes), row);
            else
                ReadSamples(data.Slice(y * rowBytes, rowBytes), maximum, row);
            target.End();
        }
        whole = (width, height);
        return target.ToImage();
    }

    private static void UnpackBits(ReadOnlySpan<byte> source, Span<byte> row)
    {
        for (int x = 0; x < row.Length; x++)
            row[x] = (source[x >> 3] >> (7 - (x & 7)) & 1) != 0 ? (byte)0 : (byte)255;
    }

    private static void ReadSamples(ReadOnlySpan<byte> data, int maximum, Span<byte> samples)
    {
        if (maximum == 255)
            data.CopyTo(samples);
        else if (maximum < 256)
            for (int i = 0; i < samples.Length; i++)
                samples[i] = Scale(data[i], maximum);
        else
            for (int i = 0; i < samples.Length; i++)
                samples[i] = Scale((data[2 * i] << 8) | data[(2 * i) + 1], maximum);
    }

    /// <summary>round(255 · sample / maximum).</summary>
    private static byte Scale(int sample, int maximum) => sample <= maximum
        ? (byte)(((sample * 255) + (maximum / 2)) / maximum)
        : throw new ImageFormatException($"PNM: a sample of {sample} is above the maximum of {maximum}");
}
