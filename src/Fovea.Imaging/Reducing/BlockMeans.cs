namespace Fovea.Imaging.Reducing;

/// <summary>
/// The mean of every block of an image, blocks being as equal as whole pixels allow. Colours are weighed by their alpha;
/// pixels that never come are transparent, or 0.
/// </summary>
internal sealed class BlockMeans : PixelTarget
{
    /// <summary>Fewer blocks across or down are not made, so that the sum of none passes 32 bits.</summary>
    private const int MinBlocks = 64;

    private readonly int _width, _height, _across, _down;
    private readonly uint[] _sums;

    /// <summary>Where the columns of blocks end.</summary>
    private readonly int[] _ends;

    /// <summary>Sums for an image.</summary>
    /// <param name="width">Columns of the image.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="channels">1 to 4.</param>
    /// <param name="across">Blocks across, at most as many as columns.</param>
    /// <param name="down">Blocks down, at most as many as rows.</param>
    public BlockMeans(int width, int height, int channels, int across, int down)
        : base(channels)
    {
        (_width, _height, _across, _down) = (width, height, across, down);
        _sums = new uint[checked(across * down * channels)];
        _ends = new int[across];
        for (int i = 0; i < across; i++)
            _ends[i] = Edge(i + 1, width, across);
    }

    /// <summary>How many blocks an image is reduced to; its own size where it has not twice as many pixels as are needed.</summary>
    public static (int Width, int Height) Size(int width, int height, MinSize least)
    {
        double byWidth = (double)width / Math.Max(least.Width, MinBlocks), byHeight = (double)height / Math.Max(least.Height, MinBlocks);
        if (least.KeepsProportions)
            byWidth = byHeight = least.IsDrawing ? Math.Max(byWidth, byHeight) : Math.Min(byWidth, byHeight);
        return (Reduced(width, byWidth), Reduced(height, byHeight));

        static int Reduced(int size, double factor) => factor < 2 ? size : Math.Max((int)Math.Round(size / factor), 1);
    }

    public override Image ToImage()
    {
        var image = new Image(_across, _down, Channels);
        for (int y = 0; y < _down; y++)
        {
            long rows = Edge(y + 1, _height, _down) - Edge(y, _height, _down);
            Span<byte> row = image.Row(y);
            ReadOnlySpan<uint> sums = _sums.AsSpan(y * row.Length, row.Length);
            for (int x = 0; x < _across; x++)
                Divide(sums.Slice(x * Channels, Channels), rows * (_ends[x] - Edge(x, _width, _across)), row.Slice(x * Channels, Channels));
        }
        return image;
    }

    protected override void Add(int y, int left, int step, ReadOnlySpan<byte> pixels)
    {
        Span<uint> sums = _sums.AsSpan(Block(y, _height, _down) * _across * Channels, _across * Channels);
        int count = pixels.Length / Channels, x = left, block = Block(left, _width, _across);
        for (int i = 0; i < count; block++)
        {
            // A block that is narrower than a step may have no pixel.
            int inside = Math.Min(count - i, (_ends[block] - x + step - 1) / step);
            Add(pixels.Slice(i * Channels, inside * Channels), sums.Slice(block * Channels, Channels));
            i += inside;
            x += inside * step;
        }
    }

    private void Add(ReadOnlySpan<byte> pixels, Span<uint> sums)
    {
        switch (Channels)
        {
            case 1:
                uint grey = 0;
                foreach (byte sample in pixels)
                    grey += sample;
                sums[0] += grey;
                break;
            case 3:
                AddRgb(pixels, sums);
                break;
            default:
                AddWithAlpha(pixels, sums);
                break;
        }
    }

    private static void AddRgb(ReadOnlySpan<byte> pixels, Span<uint> sums)
    {
        uint red = 0, green = 0, blue = 0;
        for (int i = 2; i < pixels.Length; i += 3)
        {
            red += pixels[i - 2];
            green += pixels[i - 1];
            blue += pixels[i];
        }
        sums[0] += red;
        sums[1] += green;
        sums[2] += blue;
    }

    private static void AddWithAlpha(ReadOnlySpan<byte> pixels, Span<uint> sums)
    {
        int colours = sums.Length - 1;
        uint first = 0, second = 0, third = 0, all = 0;
        for (int i = 0; i + colours < pixels.Length; i += colours + 1)
        {
            int alpha = pixels[i + colours];
            if (alpha == 0)
                continue;
            all += (uint)alpha;
            first += Weighed(pixels[i], alpha);
            if (colours == 1)
                continue;
            second += Weighed(pixels[i + 1], alpha);
            third += Weighed(pixels[i + 2], alpha);
        }
        sums[0] += first;
        sums[colours] += all;
        if (colours == 1)
            return;
        sums[1] += second;
        sums[2] += third;

        static uint Weighed(int colour, int alpha) => (uint)(alpha == 255 ? colour : Alpha.Scale(colour, alpha));
    }

    private void Divide(ReadOnlySpan<uint> sums, long pixels, Span<byte> mean)
    {
        int colours = Channels is 2 or 4 ? Channels - 1 : Channels;
        long whole = 255 * pixels;
        if (colours < Channels)
        {
            // Rounded down, so that a single transparent pixel is not lost.
            mean[colours] = (byte)(sums[colours] / pixels);
            whole = sums[colours];
        }
        for (int c = 0; c < colours; c++)
            mean[c] = whole == 0 ? (byte)0 : (byte)Math.Min(((255 * (long)sums[c]) + (whole / 2)) / whole, 255);
    }

    /// <summary>Where block <paramref name="i"/> begins.</summary>
    private static int Edge(int i, int size, int blocks) => (int)((long)i * size / blocks);

    /// <summary>The block of a row or column: the last that begins at it or before.</summary>
    private static int Block(int at, int size, int blocks) => (int)((((at + 1L) * blocks) - 1) / size);
}
