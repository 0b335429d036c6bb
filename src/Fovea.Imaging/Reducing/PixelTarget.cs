namespace Fovea.Imaging.Reducing;

/// <summary>
/// Where a decoder puts its pixels, each once and in any order: into an image, or, of a very large image that is wanted
/// small, into the means of its blocks, so that the whole is never in memory.
/// </summary>
internal abstract class PixelTarget
{
    /// <summary>Images of up to so many pixels are decoded whole: 16.8 megapixels, more than most photographs have.</summary>
    public const long LargeImage = 1 << 24;

    private byte[] _line = [];
    private int _y, _left, _count, _step;

    protected PixelTarget(int channels) => Channels = channels;

    /// <summary>Channels of the pixels.</summary>
    public int Channels { get; }

    /// <summary>A target for an image.</summary>
    /// <param name="width">Columns of the whole image.</param>
    /// <param name="height">Rows of the whole image.</param>
    /// <param name="channels">1 to 4.</param>
    /// <param name="least">The fewest pixels that will do; null for all.</param>
    public static PixelTarget Create(int width, int height, int channels, MinSize? least)
    {
        if (least is MinSize wanted && (long)width * height > LargeImage)
        {
            (int Width, int Height) size = BlockMeans.Size(width, height, wanted);
            if (size != (width, height))
                return new BlockMeans(width, height, channels, size.Width, size.Height);
        }
        return new WholeImage(width, height, channels);
    }

    /// <summary>The image that pixels go into directly; null if they are reduced.</summary>
    public virtual Image? Whole => null;

    /// <summary>Room for pixels, to be filled before <see cref="End"/>; what is in it before is anything.</summary>
    /// <param name="y">Their row.</param>
    /// <param name="left">The column of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="step">Columns from one to the next.</param>
    public virtual Span<byte> Begin(int y, int left, int count, int step = 1)
    {
        (_y, _left, _count, _step) = (y, left, count, step);
        if (_line.Length < count * Channels)
            _line = new byte[count * Channels];
        return _line.AsSpan(0, count * Channels);
    }

    /// <summary>Takes over the pixels that there was room for.</summary>
    public virtual void End() => Add(_y, _left, _step, _line.AsSpan(0, _count * Channels));

    /// <summary>The image, when all pixels are there.</summary>
    public abstract Image ToImage();

    /// <summary>Takes over pixels of a row.</summary>
    protected abstract void Add(int y, int left, int step, ReadOnlySpan<byte> pixels);
}
