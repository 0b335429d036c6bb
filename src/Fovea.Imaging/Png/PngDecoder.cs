using System.IO.Compression;
using Fovea.Imaging.Jpeg;

namespace Fovea.Imaging.Png;

/// <summary>
/// Reads PNG files (ISO/IEC 15948, W3C Portable Network Graphics, third edition): every colour type and bit depth, Adam7,
/// transparency. Of samples of 16 bits the higher 8 are kept. The orientation that cameras note (eXIf) is applied; gamma
/// and colour profiles are not. Of an animation, the still picture is read. A file is refused only if its pixels cannot be
/// known: optional chunks that are damaged or out of place are dropped, and what should follow the data is not needed.
/// </summary>
public sealed class PngDecoder : ImageDecoder
{
    /// <summary>Deflate makes at most 258 bytes of 2 bits.</summary>
    private const long MostExpansion = 1032;

    /// <inheritdoc/>
    public override string FormatName => "PNG";

    /// <summary>Whether a file begins as PNG files do, but for two bytes at most: then what is wrong can be said.</summary>
    public override bool CanDecode(ReadOnlySpan<byte> header)
    {
        ReadOnlySpan<byte> signature = PngChunks.Signature;
        int different = 0;
        for (int i = 0; i < signature.Length; i++)
            if (i >= header.Length || header[i] != signature[i])
                different++;
        return different <= 2;
    }

    /// <inheritdoc/>
    public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ReadOnlySpan<byte> signature = PngChunks.Signature;
        if (!file.StartsWith(signature))
        {
            string begin = Convert.ToHexString(file[..Math.Min(file.Length, signature.Length)]);
            throw new ImageFormatException($"PNG: the signature is damaged: the file begins with {begin} instead of {Convert.ToHexString(signature)}; a transfer as text may have changed them");
        }
        var chunks = new PngChunks(file);
        if (!chunks.Next() || !chunks.HasRightSum)
            throw new ImageFormatException(chunks.Fault);
        if (chunks.Type != PngChunks.Ihdr)
            throw new ImageFormatException($"PNG: the first chunk is {chunks.Name} instead of IHDR");
        PngHeader header = PngHeader.Parse(chunks.Data, limits);

        ReadOnlySpan<byte> palette = default, transparency = default;
        var data = new List<Range>();
        int orientation = ExifOrientation.Upright;
        bool dataEnded = false;
        while (true)
        {
            bool hasNext = chunks.Next(), dataBegun = data.Count > 0;
            // The data say themselves whether they are whole; what should follow them is not needed.
            if (!hasNext && (!dataBegun || chunks.Type == PngChunks.Idat))
                throw new ImageFormatException(chunks.Fault);
            if (!hasNext || chunks.Type == PngChunks.Iend)
                break;
            if (!chunks.HasRightSum && !chunks.IsAncillary)
                throw new ImageFormatException(chunks.Fault);
            switch (chunks.Type)
            {
                case PngChunks.Ihdr:
                    throw new ImageFormatException("PNG: there are two IHDR chunks");
                case PngChunks.Idat:
                    if (!dataEnded)
                        data.Add(chunks.Place);
                    break;
                case PngChunks.Plte:
                    if (palette.IsEmpty && !dataBegun)
                        palette = chunks.Data;
                    break;
                case PngChunks.Trns:
                    if (chunks.HasRightSum && !dataBegun)
                        transparency = chunks.Data;
                    break;
                case PngChunks.Exif:
                    if (chunks.HasRightSum && orientation == ExifOrientation.Upright)
                        orientation = ExifOrientation.ReadTiff(chunks.Data);
                    break;
                default:
                    if (!chunks.IsAncillary)
                        throw new ImageFormatException($"PNG: the {chunks.Name} chunk is necessary to read the file, and not known");
                    break;
            }
            dataEnded |= dataBegun && chunks.Type != PngChunks.Idat;
        }
        if (data.Count == 0)
            throw new ImageFormatException("PNG: there is no IDAT chunk, and so no picture");

        var pixels = new PngPixels(header, palette, transparency);
        return ExifOrientation.Apply(Inflate(header, pixels, Join(file, data)), orientation);
    }

    private static byte[] Join(ReadOnlySpan<byte> file, List<Range> pieces)
    {
        var result = new byte[pieces.Sum(piece => piece.End.Value - piece.Start.Value)];
        int count = 0;
        foreach (Range piece in pieces)
        {
            file[piece].CopyTo(result.AsSpan(count));
            count += piece.End.Value - piece.Start.Value;
        }
        return result;
    }

    private static Image Inflate(PngHeader header, PngPixels pixels, byte[] compressed)
    {
        List<PngPass> passes = PngPass.Of(header);
        long needed = 0, longest = 0;
        foreach (PngPass pass in passes)
        {
            long row = 1 + header.RowBytes(pass.Width);
            needed += pass.Height * row;
            longest = Math.Max(longest, row);
        }
        if (needed / MostExpansion > compressed.Length)
            throw new ImageFormatException($"PNG: {compressed.Length} bytes of data cannot hold {header.Width}×{header.Height} pixels");

        using var inflater = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress);
        var image = new Image(header.Width, header.Height, pixels.Channels);
        byte[] current = new byte[longest], previous = new byte[longest];
        byte[] expanded = header.Interlaced ? new byte[image.Stride] : [];
        try
        {
            foreach (PngPass pass in passes)
            {
                int rowBytes = (int)header.RowBytes(pass.Width);
                Array.Clear(previous);
                for (int j = 0; j < pass.Height; j++)
                {
                    Span<byte> row = current.AsSpan(0, 1 + rowBytes);
                    if (inflater.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length)
                        throw new ImageFormatException($"PNG: the picture's data end in row {pass.Top + (j * pass.StepY)} of {header.Height}");
                    if (row[0] >= PngFilter.Count)
                        throw new ImageFormatException($"PNG: row {pass.Top + (j * pass.StepY)} has the filter {row[0]}; there are 0 to 4");
                    PngFilter.Decode(row[0], row[1..], previous.AsSpan(1, rowBytes), header.FilterDistance);
                    Place(row[1..], pass, pass.Top + (j * pass.StepY), pixels, image, expanded);
                    (current, previous) = (previous, current);
                }
            }
            // Reading on makes the inflater compare its sum, if that is not cut off. More data than the picture needs do no harm.
            inflater.ReadByte();
        }
        // An IOException comes of data that ask for a dictionary, which PNG does not have.
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new ImageFormatException("PNG: the picture's data are damaged (the deflate stream or its Adler-32 sum is wrong)", e);
        }
        return image;
    }

    private static void Place(ReadOnlySpan<byte> row, PngPass pass, int y, PngPixels pixels, Image image, byte[] expanded)
    {
        Span<byte> target = image.Row(y);
        if (pass.StepX == 1 && pass.Left == 0)
        {
            pixels.Expand(row, target);
            return;
        }
        int channels = image.Channels;
        Span<byte> line = expanded.AsSpan(0, pass.Width * channels);
        pixels.Expand(row, line);
        for (int i = 0; i < pass.Width; i++)
            line.Slice(i * channels, channels).CopyTo(target[((pass.Left + (i * pass.StepX)) * channels)..]);
    }
}
