using System.IO.Compression;
using Fovea.Imaging.Reducing;

namespace Fovea.Imaging.Png;

/// <summary>
/// Reads PNG files (ISO/IEC 15948, W3C Portable Network Graphics, third edition): every colour type and bit depth, Adam7,
/// transparency. Of samples of 16 bits the higher 8 are kept. The orientation that cameras note (eXIf) is applied; gamma
/// and colour profiles are not. Of an animation, the still image is read. A file is refused only if its pixels cannot be
/// known: optional chunks that are damaged or out of place are dropped with a note, and what should follow the data is not
/// needed.
/// </summary>
internal sealed class PngDecoder : ImageDecoder
{
    /// <summary>Deflate makes at most 258 bytes of 2 bits.</summary>
    private const long MaxExpansion = 1032;

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
    public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits) => Decode(file, limits, null, out _);

    /// <inheritdoc/>
    public override Image DecodeReduced(ReadOnlySpan<byte> file, ImageLimits limits, MinSize least, out (int Width, int Height) whole) =>
        Decode(file, limits, least, out whole);

    private static Image Decode(ReadOnlySpan<byte> file, ImageLimits limits, MinSize? least, out (int Width, int Height) whole)
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
        var notes = new ReadingNotes();
        int orientation = ExifOrientation.Upright;
        bool dataEnded = false, isDamaged = false;
        while (true)
        {
            bool hasNext = chunks.Next(), dataBegun = data.Count > 0;
            // The data say themselves whether they are whole; what should follow them is not needed.
            if (!hasNext && (!dataBegun || chunks.Type == PngChunks.Idat))
                throw new ImageFormatException(chunks.Fault);
            if (!hasNext)
                notes.Add(ReadingNotes.EndIsMissing);
            if (!hasNext || chunks.Type == PngChunks.Iend)
                break;
            dataEnded |= dataBegun && chunks.Type != PngChunks.Idat;
            if (!chunks.HasRightSum)
            {
                if (!chunks.IsAncillary)
                    throw new ImageFormatException(chunks.Fault);
                // A file may have thousands of them.
                if (!isDamaged)
                    notes.Add($"the {chunks.Name} chunk is damaged: it is left out");
                isDamaged = true;
                continue;
            }
            switch (chunks.Type)
            {
                case PngChunks.Ihdr:
                    throw new ImageFormatException("PNG: there are two IHDR chunks");
                case PngChunks.Idat:
                    if (dataEnded)
                        notes.Add("IDAT chunks that come after other chunks are left out");
                    else
                        data.Add(chunks.Place);
                    break;
                case PngChunks.Plte:
                    if (dataBegun)
                        notes.Add("PLTE comes after the data: it is left out");
                    else if (!palette.IsEmpty)
                        notes.Add("there are several PLTE chunks: the first counts");
                    else
                        palette = chunks.Data;
                    break;
                case PngChunks.Trns:
                    if (dataBegun)
                        notes.Add("tRNS comes after the data: it is left out");
                    else if (!transparency.IsEmpty)
                        notes.Add("there are several tRNS chunks: the last counts");
                    if (!dataBegun)
                        transparency = chunks.Data;
                    break;
                case PngChunks.Exif when orientation == ExifOrientation.Upright:
                    orientation = ExifOrientation.ReadTiff(chunks.Data, notes);
                    break;
                default:
                    if (!chunks.IsAncillary)
                        throw new ImageFormatException($"PNG: the {chunks.Name} chunk is necessary to read the file, and not known");
                    break;
            }
        }
        if (data.Count == 0)
            throw new ImageFormatException("PNG: there is no IDAT chunk, and so no image");

        var pixels = new PngPixels(header, palette, transparency, notes);
        PixelTarget target = Inflate(header, pixels, Join(file, data), least?.BeforeTurning(orientation), notes);
        whole = (header.Width, header.Height);
        return target.ToImage().With(notes, orientation);
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

    private static PixelTarget Inflate(PngHeader header, PngPixels pixels, byte[] compressed, MinSize? least, ReadingNotes notes)
    {
        List<PngPass> passes = PngPass.Of(header);
        long needed = 0, longest = 0;
        foreach (PngPass pass in passes)
        {
            long row = 1 + header.RowBytes(pass.Width);
            needed += pass.Height * row;
            longest = Math.Max(longest, row);
        }
        if (needed / MaxExpansion > compressed.Length)
            throw new ImageFormatException($"PNG: {compressed.Length} bytes of data cannot hold {header.Width}×{header.Height} pixels");

        var source = new CompressedData(compressed);
        using var inflater = new ZLibStream(source, CompressionMode.Decompress);
        PixelTarget target = PixelTarget.Create(header.Width, header.Height, pixels.Channels, least);
        byte[] current = new byte[longest], previous = new byte[longest];
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
                        throw new ImageFormatException($"PNG: the image's data end in row {pass.Top + (j * pass.StepY)} of {header.Height}");
                    if (row[0] >= PngFilter.Count)
                        throw new ImageFormatException($"PNG: row {pass.Top + (j * pass.StepY)} has the filter {row[0]}; there are 0 to 4");
                    PngFilter.Decode(row[0], row[1..], previous.AsSpan(1, rowBytes), header.FilterDistance);
                    pixels.Expand(row[1..], target.Begin(pass.Top + (j * pass.StepY), pass.Left, pass.Width, pass.StepX));
                    target.End();
                    (current, previous) = (previous, current);
                }
            }
            // Reading on makes the inflater compare its sum, if that is not cut off. More data than the image needs do no harm.
            if (inflater.ReadByte() >= 0)
                notes.Add("there are more data than pixels: the rest is left out");
            else if (source.IsExhausted)
                notes.Add("the check sum of the data is missing");
        }
        // An IOException comes of data that ask for a dictionary, which PNG does not have.
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new ImageFormatException("PNG: the image's data are damaged (the deflate stream or its Adler-32 sum is wrong)", e);
        }
        return target;
    }

    /// <summary>Tells whether more was asked for than there is.</summary>
    private sealed class CompressedData(byte[] data) : MemoryStream(data)
    {
        public bool IsExhausted { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = base.Read(buffer, offset, count);
            IsExhausted |= read == 0;
            return read;
        }
    }
}
