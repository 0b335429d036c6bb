using System.Globalization;
using Fovea.Imaging;
using Fovea.Tensors;

namespace Fovea.Benchmarks.Images;

/// <summary>
/// Landscapes as JPEG files in two folders, with a house somewhere or without one: the pictures of `benchmarks/folder`.
/// A house is a box with a gable and a window, of any colour and a few pixels large, and may stand behind firs, which are
/// gables without a box, and round rocks, which are as coloured as the houses.
/// </summary>
internal static class Scenes
{
    private const int Width = 64, Height = 36, Scale = 2;
    private static readonly string[] Classes = ["house", "no-house"];

    /// <summary>Writes so many files of each class; the same seed writes the same bytes.</summary>
    public static void Write(string folder, int each, ulong seed)
    {
        foreach ((int label, string name) in Classes.Index())
        {
            string target = Path.Combine(folder, name);
            Directory.CreateDirectory(target);
            Parallel.For(0, each, i =>
            {
                var rng = new Rng(seed, (ulong)label, (ulong)i);
                Image image = Paint(ref rng, withHouse: label == 0);
                ImageFile.SaveJpeg(image, Path.Combine(target, i.ToString("00000", CultureInfo.InvariantCulture) + ".jpg"), quality: 70 + rng.NextInt(25));
            });
        }
    }

    private static Image Paint(ref Rng rng, bool withHouse)
    {
        var canvas = new Canvas(Width * Scale, Height * Scale);
        double light = rng.NextDouble(0.45, 1), horizon = canvas.Height * rng.NextDouble(0.3, 0.6);
        (Colour zenith, Colour haze) = (Colour.Near(ref rng, 0.35, 0.55, 0.85, 0.2), Colour.Near(ref rng, 0.8, 0.75, 0.75, 0.2));
        canvas.Fill(0, 0, canvas.Width, canvas.Height, (_, y) => Colour.Mix(zenith, haze, y / horizon));
        for (int cloud = rng.NextInt(4); cloud > 0; cloud--)
            Ellipse(canvas, rng.NextDouble(0, canvas.Width), horizon * rng.NextDouble(), rng.NextDouble(6, 18), rng.NextDouble(2, 5), Colour.Near(ref rng, 0.9, 0.9, 0.92, 0.08));
        for (int ridge = 0; ridge < 3; ridge++)
            Ridge(canvas, ref rng, horizon + ridge * rng.NextDouble(3, 9), Colour.Near(ref rng, 0.3 + 0.1 * ridge, 0.4, 0.35 - 0.08 * ridge, 0.15));

        // The house is one of the things that stand about, and those nearer to the eye come later.
        int things = 3 + rng.NextInt(4), house = withHouse ? rng.NextInt(things) : -1;
        double[] feet = new double[things];
        for (int k = 0; k < things; k++)
            feet[k] = rng.NextDouble(horizon + 10, canvas.Height + 2);
        Array.Sort(feet);
        for (int k = 0; k < things; k++)
        {
            double x = rng.NextDouble(4, canvas.Width - 4), size = rng.NextDouble(0.8, 1.2) * (12 + 14 * (feet[k] - horizon) / (canvas.Height - horizon));
            if (k == house)
                House(canvas, ref rng, rng.NextDouble(size, canvas.Width - size), Math.Min(feet[k], canvas.Height - 3), size);
            else if (rng.NextInt(5) < 2)
                Ellipse(canvas, x, feet[k] - size * 0.2, size * rng.NextDouble(0.3, 0.6), size * rng.NextDouble(0.2, 0.4), Colour.Near(ref rng, 0.6, 0.55, 0.5, 0.3));
            else
                Gable(canvas, x, feet[k], size * rng.NextDouble(0.3, 0.5), size * rng.NextDouble(0.8, 1.4), Colour.Near(ref rng, 0.2, 0.4, 0.2, 0.2));
        }
        return canvas.ToImage(ref rng, light, noise: rng.NextDouble(0, 0.05));
    }

    private static void House(Canvas canvas, ref Rng rng, double x, double foot, double size)
    {
        double width = size * rng.NextDouble(0.8, 1.2), height = size * rng.NextDouble(0.5, 0.8);
        Box(canvas, x, foot, width, height, Colour.Near(ref rng, 0.6, 0.55, 0.5, 0.3));
        Box(canvas, x + width * rng.NextDouble(-0.25, 0.25), foot - height * 0.35, width * 0.25, height * 0.4, Colour.Near(ref rng, 0.15, 0.15, 0.2, 0.1));
        Gable(canvas, x, foot - height, width * rng.NextDouble(1, 1.25), size * rng.NextDouble(0.35, 0.7), Colour.Near(ref rng, 0.4, 0.35, 0.3, 0.3));
    }

    private static void Box(Canvas canvas, double x, double foot, double width, double height, Colour colour) =>
        canvas.Fill(x - width / 2, foot - height, x + width / 2, foot, (_, _) => colour);

    private static void Gable(Canvas canvas, double x, double foot, double width, double height, Colour colour) =>
        canvas.Fill(x - width / 2, foot - height, x + width / 2, foot, (px, py) => Math.Abs(px - x) * 2 * height <= (py - foot + height) * width ? colour : null);

    private static void Ellipse(Canvas canvas, double x, double y, double width, double height, Colour colour) =>
        canvas.Fill(x - width, y - height, x + width, y + height, (px, py) => Math.Pow((px - x) / width, 2) + Math.Pow((py - y) / height, 2) <= 1 ? colour : null);

    private static void Ridge(Canvas canvas, ref Rng rng, double y, Colour colour)
    {
        double steep = rng.NextDouble(1, 5), wave = rng.NextDouble(0.03, 0.1), phase = rng.NextDouble(0, 6.3);
        canvas.Fill(0, y - 2 * steep, canvas.Width, canvas.Height,
            (px, py) => py >= y + steep * (Math.Sin(wave * px + phase) + 0.5 * Math.Sin(2.7 * wave * px + 2 * phase)) ? colour : null);
    }

    /// <summary>Red, green and blue in [0, 1].</summary>
    private sealed record Colour(double R, double G, double B)
    {
        public static Colour Near(ref Rng rng, double r, double g, double b, double spread) =>
            new(r + rng.NextDouble(-spread, spread), g + rng.NextDouble(-spread, spread), b + rng.NextDouble(-spread, spread));

        public static Colour Mix(Colour a, Colour b, double share) =>
            Math.Clamp(share, 0, 1) is var s ? new(a.R + s * (b.R - a.R), a.G + s * (b.G - a.G), a.B + s * (b.B - a.B)) : a;
    }

    /// <summary>What is painted on: larger than the picture, which so gets soft edges.</summary>
    private sealed class Canvas(int width, int height)
    {
        private readonly Colour[] _pixels = new Colour[width * height];

        public int Width => width;

        public int Height => height;

        /// <summary>Paints what a function of the place gives a colour, within a frame.</summary>
        public void Fill(double left, double top, double right, double bottom, Func<double, double, Colour?> colour)
        {
            for (int y = Math.Max(0, (int)top); y < Math.Min(height, bottom); y++)
                for (int x = Math.Max(0, (int)left); x < Math.Min(width, right); x++)
                    _pixels[y * width + x] = colour(x, y) ?? _pixels[y * width + x];
        }

        /// <summary>The picture, in this light, and as noisy as a camera's.</summary>
        public Image ToImage(ref Rng rng, double light, double noise)
        {
            var image = new Image(width / Scale, height / Scale, 3);
            for (int y = 0; y < image.Height; y++)
                for (int x = 0; x < image.Width; x++)
                {
                    (double r, double g, double b) = (0, 0, 0);
                    for (int k = 0; k < Scale * Scale; k++)
                    {
                        Colour part = _pixels[(y * Scale + k / Scale) * width + x * Scale + k % Scale];
                        (r, g, b) = (r + part.R, g + part.G, b + part.B);
                    }
                    Span<byte> pixel = image.Pixels.Slice((y * image.Width + x) * 3, 3);
                    pixel[0] = Byte(ref rng, r);
                    pixel[1] = Byte(ref rng, g);
                    pixel[2] = Byte(ref rng, b);
                }
            return image;

            byte Byte(ref Rng rng, double sum) =>
                (byte)Math.Round(255 * Math.Clamp(light * sum / (Scale * Scale) + rng.NextDouble(-noise, noise), 0, 1));
        }
    }
}
