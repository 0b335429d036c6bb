using System.Numerics.Tensors;

namespace Fovea.Imaging.Preparing;

/// <summary>
/// What is drawn in a grey image, told from the ground it is drawn on. The ground is what the border mostly is; the
/// strokes are on whichever side of it the image differs more.
/// </summary>
internal sealed class InkMask
{
    /// <summary>A separate piece of ink smaller than this part of the largest is dirt.</summary>
    private const int DirtPart = 30;

    public InkMask(Image grey)
    {
        byte[] border = Border(grey);
        Array.Sort(border);
        int ground = border[border.Length / 2];
        long darker = 0, lighter = 0;
        ReadOnlySpan<byte> pixels = grey.Pixels;
        foreach (byte value in pixels)
        {
            // Squares, so that strong strokes outweigh faint unevenness of a large ground.
            long square = (value - ground) * (value - ground);
            (darker, lighter) = value < ground ? (darker + square, lighter) : (darker, lighter + square);
        }
        DarkOnLight = darker > lighter;

        Ink = new Image(grey.Width, grey.Height, 1);
        Span<byte> ink = Ink.Pixels;
        var histogram = new int[256];
        for (int i = 0; i < pixels.Length; i++)
        {
            int difference = Math.Max(DarkOnLight ? ground - pixels[i] : pixels[i] - ground, 0);
            ink[i] = (byte)difference;
            histogram[difference]++;
            Contrast = Math.Max(Contrast, difference);
        }
        if (Contrast > 0)
            Stretch(Noise(border, ground), FullInk(histogram, Contrast));
    }

    /// <summary>Whether strokes are darker than the ground.</summary>
    public bool DarkOnLight { get; }

    /// <summary>The greatest difference from the ground on the strokes' side, 0 to 255.</summary>
    public int Contrast { get; }

    /// <summary>How much of each pixel is stroke: 0 ground, 255 stroke.</summary>
    public Image Ink { get; }

    /// <summary>The rectangle around the strokes, without dirt.</summary>
    public (int Left, int Top, int Width, int Height) Bounds()
    {
        int width = Ink.Width, height = Ink.Height;
        ReadOnlySpan<byte> ink = Ink.Pixels;
        var seen = new bool[width * height];
        var pieces = new List<(int Area, int Left, int Top, int Right, int Bottom)>();
        var open = new Stack<int>();
        for (int start = 0; start < seen.Length; start++)
        {
            if (seen[start] || ink[start] < 128)
                continue;
            int area = 0, left = width, top = height, right = -1, bottom = -1;
            seen[start] = true;
            open.Push(start);
            while (open.TryPop(out int at))
            {
                (int y, int x) = Math.DivRem(at, width);
                area++;
                (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
                for (int ny = Math.Max(y - 1, 0); ny <= Math.Min(y + 1, height - 1); ny++)
                    for (int nx = Math.Max(x - 1, 0); nx <= Math.Min(x + 1, width - 1); nx++)
                    {
                        int next = (ny * width) + nx;
                        if (seen[next] || ink[next] < 128)
                            continue;
                        seen[next] = true;
                        open.Push(next);
                    }
            }
            pieces.Add((area, left, top, right, bottom));
        }
        int least = pieces.Max(piece => piece.Area) / DirtPart;
        var kept = pieces.FindAll(piece => piece.Area >= least);
        int l = kept.Min(piece => piece.Left), t = kept.Min(piece => piece.Top);
        return (l, t, kept.Max(piece => piece.Right) - l + 1, kept.Max(piece => piece.Bottom) - t + 1);
    }

    /// <summary>
    /// The strokes' mean width in pixels: a long stroke of width w has area w · length and an outline of 2 · length.
    /// </summary>
    public static double Width(Image ink)
    {
        double area = 0;
        int outline = 0;
        for (int y = 0; y < ink.Height; y++)
            for (int x = 0; x < ink.Width; x++)
            {
                if (ink.Row(y)[x] < 128)
                    continue;
                area++;
                bool inside = x > 0 && x < ink.Width - 1 && y > 0 && y < ink.Height - 1
                    && ink.Row(y)[x - 1] >= 128 && ink.Row(y)[x + 1] >= 128 && ink.Row(y - 1)[x] >= 128 && ink.Row(y + 1)[x] >= 128;
                outline += inside ? 0 : 1;
            }
        // A stroke of one or two pixels is all outline.
        return outline == area ? 1 : 2 * area / outline;
    }

    /// <summary>A image larger by the radius on every side, in which each pixel is the most of those within the radius.</summary>
    public static Image Thicken(Image ink, int radius)
    {
        var wide = new Image(ink.Width + (2 * radius), ink.Height, 1);
        for (int y = 0; y < ink.Height; y++)
            for (int shift = 0; shift <= 2 * radius; shift++)
                Most(ink.Row(y), wide.Row(y).Slice(shift, ink.Width));
        var result = new Image(wide.Width, ink.Height + (2 * radius), 1);
        for (int y = 0; y < ink.Height; y++)
            for (int shift = 0; shift <= 2 * radius; shift++)
                Most(wide.Row(y), result.Row(y + shift));
        return result;
    }

    private static void Most(ReadOnlySpan<byte> source, Span<byte> target) => TensorPrimitives.Max(source, target, target);

    private static byte[] Border(Image grey)
    {
        int depth = Math.Max(1, Math.Min(grey.Width, grey.Height) / 20);
        var border = new List<byte>();
        for (int y = 0; y < grey.Height; y++)
        {
            ReadOnlySpan<byte> row = grey.Row(y);
            bool whole = y < depth || y >= grey.Height - depth;
            border.AddRange(whole ? row : row[..depth]);
            if (!whole)
                border.AddRange(row[^depth..]);
        }
        return [.. border];
    }

    /// <summary>The difference from the ground that most of the border keeps within.</summary>
    private static int Noise(byte[] border, int ground)
    {
        int[] differences = [.. border.Select(value => Math.Abs(value - ground))];
        Array.Sort(differences);
        return differences[differences.Length * 3 / 4];
    }

    /// <summary>The difference that the strongest quarter of clear strokes has.</summary>
    private static int FullInk(int[] histogram, int contrast)
    {
        int clear = histogram[(contrast / 2)..].Sum(), level = contrast;
        for (int count = histogram[level]; count < clear / 4 && level > (contrast / 2) + 1; count += histogram[level])
            level--;
        return Math.Max(level, 1);
    }

    private void Stretch(int noise, int full)
    {
        noise = Math.Min(noise, full / 2);
        foreach (ref byte value in Ink.Pixels)
            value = (byte)Math.Clamp((value - noise) * 255 / (full - noise), 0, 255);
    }
}
