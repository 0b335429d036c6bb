using Fovea.Imaging.Resizing;

namespace Fovea.Imaging.Preparing;

/// <summary>
/// Brings a drawing of a digit into the form of MNIST's images (LeCun, Cortes, Burges, "The MNIST database"): light on
/// dark, scaled into 20×20 with its proportions kept, and placed so that its centre of mass is the centre of 28×28.
/// </summary>
internal static class DigitNormalizer
{
    /// <summary>Width and height of MNIST's images.</summary>
    public const int Frame = 28;

    /// <summary>Width or height of the digit within the frame, whichever is larger.</summary>
    public const int Box = 20;

    /// <summary>The least difference in brightness between strokes and ground, of 255.</summary>
    private const int MinContrast = 32;

    /// <summary>Larger images, and larger digits in them, are first reduced to this: a digit has no detail that would be lost.</summary>
    internal const int LargestImage = 1024;

    private const int LargestDigit = 8 * Box;

    /// <summary>The strokes' width within the frame below which they are thickened, and what they then get. MNIST's have 2 to 3.</summary>
    private const double ThinStroke = 1.25, GoodStroke = 2;

    /// <summary>The drawing as 28×28 grey pixels in MNIST's form.</summary>
    /// <param name="image">A drawing of any size and colours; unchanged.</param>
    /// <param name="notes">Gets what was done, each in a few words.</param>
    /// <exception cref="UnusableImageException">The image is blank or too faint.</exception>
    public static Image Normalize(Image image, ICollection<string> notes)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(notes);
        return Normalize(image, (image.Width, image.Height), notes);
    }

    /// <inheritdoc cref="Normalize(Image, ICollection{string})"/>
    internal static Image Normalize(Image image, (int Width, int Height) whole, ICollection<string> notes)
    {
        InkMask strokes = Measure(Reduce(ToGrey(image), LargestImage), notes);
        (int left, int top, int width, int height) = strokes.Bounds();
        Image digit = Reduce(strokes.Ink.Crop(left, top, width, height), LargestDigit);
        Brighten(digit);

        double perPixel = (double)Box / Math.Max(digit.Width, digit.Height);
        double stroke = InkMask.Width(digit) * perPixel;
        if (stroke < ThinStroke)
        {
            digit = InkMask.Thicken(digit, (int)Math.Ceiling((GoodStroke - stroke) / perPixel / 2));
            notes.Add("thin strokes thickened");
        }
        Image small = ScaleTo(digit, Box);
        Brighten(small);
        notes.Add($"cropped and centred: {whole.Width}×{whole.Height} to {Frame}×{Frame}");
        return PlaceByMass(small);
    }

    /// <summary>The drawing in grey, inverted if it is dark on light, and otherwise as it is.</summary>
    /// <param name="image">A drawing; unchanged.</param>
    /// <param name="notes">Gets what was done, each in a few words.</param>
    /// <exception cref="UnusableImageException">The image is blank or too faint.</exception>
    public static Image ToLightOnDark(Image image, ICollection<string> notes)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(notes);
        Image grey = ToGrey(image);
        if (!Measure(grey, notes).DarkOnLight)
            return grey;
        var inverted = new Image(grey.Width, grey.Height, 1);
        for (int i = 0; i < grey.Pixels.Length; i++)
            inverted.Pixels[i] = (byte)~grey.Pixels[i];
        return inverted;
    }

    /// <summary>Whether a light-on-dark drawing already has MNIST's form: the digit in the box, its mass in the middle.</summary>
    internal static bool IsNormalized(Image grey)
    {
        double mass = 0, massX = 0, massY = 0;
        int left = grey.Width, right = -1, top = grey.Height, bottom = -1;
        for (int y = 0; y < grey.Height; y++)
            for (int x = 0; x < grey.Width; x++)
            {
                int value = grey.Row(y)[x];
                if (value < MinContrast)
                    continue;
                mass += value;
                massX += value * (x + 0.5);
                massY += value * (y + 0.5);
                (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
            }
        if (mass == 0)
            return false;
        // A pixel of tolerance; images of the model's own size are MNIST's form scaled or padded.
        double scale = Math.Max(grey.Width, grey.Height) / (double)Frame;
        double box = Math.Max(Box * scale, Box) + 1, off = 1.5 * Math.Max(1, scale);
        int size = Math.Max(right - left, bottom - top) + 1;
        return size <= box && size >= 0.6 * Math.Min(Box * scale, Box)
            && Math.Abs(massX / mass - grey.Width / 2.0) <= off && Math.Abs(massY / mass - grey.Height / 2.0) <= off;
    }

    private static InkMask Measure(Image grey, ICollection<string> notes)
    {
        var strokes = new InkMask(grey);
        if (strokes.Contrast <= 2)
            throw new UnusableImageException("the image is blank; a light digit on a dark ground or a dark one on a light ground would be right");
        if (strokes.Contrast < MinContrast)
            throw new UnusableImageException($"the image is too faint: strokes and ground differ by {strokes.Contrast} of 255, at least {MinContrast} would be right");
        if (strokes.DarkOnLight)
            notes.Add("inverted: dark on light");
        return strokes;
    }

    /// <summary>Transparent pixels become the ground that the visible ones stand out from.</summary>
    private static Image ToGrey(Image image)
    {
        if (!image.HasAlpha)
            return ImageConversion.ToGrey(image);
        long visible = 0, light = 0;
        Image onBlack = ImageConversion.ToGrey(image, Colour.Black);
        ReadOnlySpan<byte> pixels = image.Pixels, greys = onBlack.Pixels;
        for (int i = 0; i < greys.Length; i++)
        {
            visible += pixels[((i + 1) * image.Channels) - 1];
            light += greys[i];
        }
        return light * 2 < visible ? ImageConversion.ToGrey(image, Colour.White) : onBlack;
    }

    private static Image Reduce(Image image, int longest) =>
        Math.Max(image.Width, image.Height) > longest ? ScaleTo(image, longest) : image;

    private static Image ScaleTo(Image image, int longest)
    {
        double scale = (double)longest / Math.Max(image.Width, image.Height);
        return Resizer.Resize(
            image, Math.Max(1, (int)Math.Round(image.Width * scale)), Math.Max(1, (int)Math.Round(image.Height * scale)),
            scale < 1 ? ResizeFilter.Box : ResizeFilter.Bilinear);
    }

    /// <summary>Scales brightness so that the brightest pixel is 255.</summary>
    private static void Brighten(Image image)
    {
        int most = 1;
        foreach (byte value in image.Pixels)
            most = Math.Max(most, value);
        foreach (ref byte value in image.Pixels)
            value = (byte)(value * 255 / most);
    }

    private static Image PlaceByMass(Image digit)
    {
        long mass = 0, massX = 0, massY = 0;
        for (int y = 0; y < digit.Height; y++)
            for (int x = 0; x < digit.Width; x++)
            {
                int value = digit.Row(y)[x];
                mass += value;
                massX += value * x;
                massY += value * y;
            }
        // MNIST's centres of mass are within half a pixel of pixel 14, counted from 0.
        int left = Math.Clamp((int)Math.Round((Frame / 2.0) - ((double)massX / mass)), 0, Frame - digit.Width);
        int top = Math.Clamp((int)Math.Round((Frame / 2.0) - ((double)massY / mass)), 0, Frame - digit.Height);
        var result = new Image(Frame, Frame, 1);
        for (int y = 0; y < digit.Height; y++)
            digit.Row(y).CopyTo(result.Row(top + y)[left..]);
        return result;
    }
}
