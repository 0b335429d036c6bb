namespace Fovea.Imaging;

/// <summary>
/// A image in memory: 8 bits a channel, rows from top to bottom without padding, the channels of a pixel side by side.
/// </summary>
public sealed class Image
{
    private readonly byte[] _pixels;

    /// <summary>A image whose samples are all 0.</summary>
    /// <param name="width">Columns, positive.</param>
    /// <param name="height">Rows, positive.</param>
    /// <param name="channels">1 grey, 2 grey and alpha, 3 red, green, blue, 4 red, green, blue, alpha.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or there are not 1 to 4 channels.</exception>
    /// <exception cref="ArgumentException">The image would take more bytes than an array can hold.</exception>
    public Image(int width, int height, int channels)
        : this(width, height, channels, new byte[ByteCount(width, height, channels)])
    {
    }

    /// <summary>A image that takes over an array without copying it.</summary>
    /// <param name="width">Columns, positive.</param>
    /// <param name="height">Rows, positive.</param>
    /// <param name="channels">1 grey, 2 grey and alpha, 3 red, green, blue, 4 red, green, blue, alpha.</param>
    /// <param name="pixels">(H, W, C), 0 to 255.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or there are not 1 to 4 channels.</exception>
    /// <exception cref="ArgumentException">The array's length is not height × width × channels.</exception>
    public Image(int width, int height, int channels, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Length != ByteCount(width, height, channels))
            throw new ArgumentException($"a image of {width}×{height} with {channels} channels takes {ByteCount(width, height, channels)} bytes, got {pixels.Length}", nameof(pixels));
        Width = width;
        Height = height;
        Channels = channels;
        _pixels = pixels;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>1 grey, 2 grey and alpha, 3 red, green, blue, 4 red, green, blue, alpha.</summary>
    public int Channels { get; }

    /// <summary>Whether the last channel is alpha: 0 transparent, 255 opaque; colours are not premultiplied.</summary>
    public bool HasAlpha => Channels is 2 or 4;

    /// <summary>Whether pixels have one brightness instead of red, green and blue.</summary>
    public bool IsGrey => Channels <= 2;

    /// <summary>
    /// What the reader of the file it comes from left out or took otherwise than written, each in one line:
    /// <c>the end of the file is missing</c>; empty if nothing.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// How the image is to be turned to be upright: 1 to 8, as in Exif's tag 274. What <see cref="ImageFile"/> gives is
    /// upright: 1.
    /// </summary>
    public int Orientation { get; init; } = 1;

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride => Width * Channels;

    /// <summary>All samples, (H, W, C).</summary>
    public Span<byte> Pixels => _pixels;

    /// <summary>The samples of one row, (W, C).</summary>
    public Span<byte> Row(int y) => _pixels.AsSpan(checked(y * Stride), Stride);

    /// <summary>A copy of a rectangle.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or reaches beyond the image.</exception>
    public Image Crop(int left, int top, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, Width - left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, Height - top);
        var result = new Image(width, height, Channels);
        for (int y = 0; y < height; y++)
            Row(top + y).Slice(left * Channels, width * Channels).CopyTo(result.Row(y));
        return result;
    }

    /// <summary>A copy with a border of one colour.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A width of the border is negative.</exception>
    /// <exception cref="ArgumentException">The result would take more bytes than an array can hold.</exception>
    public Image Pad(int left, int top, int right, int bottom, Colour background = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfNegative(bottom);
        var result = new Image(checked(left + Width + right), checked(top + Height + bottom), Channels);
        Span<byte> pixel = stackalloc byte[4], first = result.Row(0);
        pixel = pixel[..Channels];
        background.Write(pixel);
        for (int i = 0; i < first.Length; i += Channels)
            pixel.CopyTo(first[i..]);
        for (int y = 1; y < result.Height; y++)
            first.CopyTo(result.Row(y));
        for (int y = 0; y < Height; y++)
            Row(y).CopyTo(result.Row(top + y)[(left * Channels)..]);
        return result;
    }

    /// <summary>Such as <c>640×480 RGB</c>.</summary>
    public override string ToString() => $"{Width}×{Height} {ColourName(Channels)}";

    /// <summary>The same samples, not copied, as rows of another length, upright.</summary>
    internal Image Reshaped(int width, int height) => new(width, height, Channels, _pixels) { Notes = Notes };

    /// <summary>The same samples, not copied, with what is to be said of them and how they are to be turned.</summary>
    internal Image With(ReadingNotes notes, int orientation = 1) =>
        notes.Lines.Count == 0 && orientation == 1 ? this : new(Width, Height, Channels, _pixels) { Notes = notes.Lines, Orientation = orientation };

    internal static string ColourName(int channels) => channels switch
    {
        1 => "grey",
        2 => "grey with alpha",
        3 => "RGB",
        _ => "RGBA",
    };

    private static int ByteCount(int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 4);
        long pixels = (long)width * height;
        if (pixels > Array.MaxLength / channels)
            throw new ArgumentException($"a image of {width}×{height} with {channels} channels takes more bytes than an array can hold ({Array.MaxLength})");
        return (int)pixels * channels;
    }
}
