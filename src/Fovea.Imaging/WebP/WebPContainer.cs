using System.Buffers.Binary;

namespace Fovea.Imaging.WebP;

/// <summary>Where the parts of a WebP file (RFC 9649) lie that the first image consists of.</summary>
internal ref struct WebPContainer
{
    private const int RiffHeader = 8, ChunkHeader = 8, FrameHeader = 16;

    /// <summary>A lossy image, or empty.</summary>
    public ReadOnlySpan<byte> Lossy;

    /// <summary>A lossless image, or empty.</summary>
    public ReadOnlySpan<byte> Lossless;

    /// <summary>The transparency of a lossy image, or empty.</summary>
    public ReadOnlySpan<byte> Alpha;

    /// <summary>The camera's notes, which are a TIFF file, or empty.</summary>
    public ReadOnlySpan<byte> Exif;

    /// <summary>The size of an animation, or zeros.</summary>
    public (int Width, int Height) Canvas;

    /// <summary>Where an animation's first image lies on the canvas.</summary>
    public (int Left, int Top) Place;

    private readonly ReadingNotes _notes;
    private bool _isExtended;
    private (int Width, int Height) _declared;

    public readonly bool HasImage => !Lossy.IsEmpty || !Lossless.IsEmpty;

    /// <summary>Whether a file begins as WebP files do.</summary>
    public static bool IsSignature(ReadOnlySpan<byte> file) => file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8);

    private WebPContainer(ReadingNotes notes) => _notes = notes;

    /// <summary>Finds the parts. Chunks that are not known are passed over, and those after a cut-off one are missing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="notes">Takes what is passed over for a fault.</param>
    /// <exception cref="ImageFormatException">There is no image.</exception>
    public static WebPContainer Read(ReadOnlySpan<byte> file, ReadingNotes notes)
    {
        if (!IsSignature(file))
            throw new ImageFormatException("WebP: the file does not begin with RIFF and WEBP");
        // A last byte that only makes the length even may be missing.
        if (BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) > file.Length - RiffHeader + 1)
            notes.Add(ReadingNotes.EndIsMissing);
        var container = new WebPContainer(notes);
        container.ReadChunks(file[12..], mayHaveFrames: true);
        return container.HasImage ? container : throw new ImageFormatException("WebP: the file has no image");
    }

    private void ReadChunks(ReadOnlySpan<byte> data, bool mayHaveFrames)
    {
        while (data.Length >= ChunkHeader)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            ReadOnlySpan<byte> name = data[..4], content = data[ChunkHeader..];
            content = content[..(int)Math.Min(size, content.Length)];
            if (name.SequenceEqual("VP8X"u8))
                ReadExtended(content);
            else if (name.SequenceEqual("EXIF"u8) && Exif.IsEmpty)
                Exif = content.StartsWith("Exif\0\0"u8) ? content[6..] : content;
            else if (!HasImage)
                ReadImage(name, content, mayHaveFrames);
            // Chunks begin at even places.
            data = data[(int)Math.Min(ChunkHeader + (long)size + (size & 1), data.Length)..];
        }
    }

    private void ReadImage(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content, bool mayHaveFrames)
    {
        if (name.SequenceEqual("VP8 "u8))
            Lossy = content;
        else if (name.SequenceEqual("VP8L"u8))
            Lossless = content;
        else if (name.SequenceEqual("ALPH"u8) && !_isExtended)
            _notes.Add("ALPH without a VP8X chunk before is left out");
        else if (name.SequenceEqual("ALPH"u8) && Alpha.IsEmpty)
            Alpha = content;
        else if (name.SequenceEqual("ANMF"u8) && mayHaveFrames)
            ReadFrame(content);
    }

    private void ReadExtended(ReadOnlySpan<byte> content)
    {
        if (content.Length < 10)
            throw new ImageFormatException($"WebP: the VP8X chunk takes 10 bytes, got {content.Length}");
        _isExtended = true;
        _declared = (UInt24(content[4..]) + 1, UInt24(content[7..]) + 1);
    }

    private void ReadFrame(ReadOnlySpan<byte> content)
    {
        if (content.Length < FrameHeader)
            throw new ImageFormatException($"WebP: the ANMF chunk takes at least {FrameHeader} bytes, got {content.Length}");
        Place = (2 * UInt24(content), 2 * UInt24(content[3..]));
        Canvas = _declared;
        Alpha = default;
        _isExtended = true;
        ReadChunks(content[FrameHeader..], mayHaveFrames: false);
    }

    private static int UInt24(ReadOnlySpan<byte> data) => data[0] | (data[1] << 8) | (data[2] << 16);
}
