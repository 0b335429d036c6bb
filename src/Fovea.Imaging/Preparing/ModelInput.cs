using System.Numerics.Tensors;
using Fovea.Data;
using Fovea.Imaging.Resizing;
using Fovea.Tensors;

namespace Fovea.Imaging.Preparing;

/// <summary>Makes images ready for a model: colours, size and, for drawings, polarity and place.</summary>
public static class ModelInput
{
    /// <summary>
    /// The image of a file in the shape of a model's input: the same pixels that <see cref="Folders.ImageFolder"/> gives.
    /// Large JPEG files are decoded at a fraction of their size.
    /// </summary>
    /// <param name="file">The bytes of a JPEG, PNG or other image file.</param>
    /// <param name="shape">(C, H, W) of the model's input, C being 1 or 3.</param>
    /// <param name="options">How; defaults if null.</param>
    /// <param name="limits">What to accept; <see cref="ImageLimits.Default"/> if null.</param>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits.</exception>
    /// <exception cref="ArgumentException">The shape is not (1, H, W) or (3, H, W).</exception>
    /// <exception cref="UnusableImageException">A drawing is wanted, and the image is blank or too faint.</exception>
    public static PreparedImage Prepare(ReadOnlySpan<byte> file, Shape shape, PreparationOptions? options = null, ImageLimits? limits = null)
    {
        options ??= new PreparationOptions();
        Require(shape);
        if (options.LightOnDark)
            return PrepareDrawing(ImageFile.DecodeReduced(file, MinSize.OfDrawing(DigitNormalizer.LargestImage), out (int, int) size, limits), size, shape);
        Image image = ImageFitter.Decode(file, shape, options.Fit, limits ?? ImageLimits.Default, out (int Width, int Height) whole);
        return PrepareImage(image, whole, shape, options);
    }

    /// <summary>The image in the shape of a model's input.</summary>
    /// <param name="image">The image; unchanged.</param>
    /// <param name="shape">(C, H, W) of the model's input, C being 1 or 3.</param>
    /// <param name="options">How; defaults if null.</param>
    /// <exception cref="ArgumentException">The shape is not (1, H, W) or (3, H, W).</exception>
    /// <exception cref="UnusableImageException">A drawing is wanted, and the image is blank or too faint.</exception>
    public static PreparedImage Prepare(Image image, Shape shape, PreparationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        options ??= new PreparationOptions();
        Require(shape);
        return options.LightOnDark ? PrepareDrawing(image, (image.Width, image.Height), shape) : PrepareImage(image, (image.Width, image.Height), shape, options);
    }

    private static void Require(Shape shape)
    {
        if (!shape.IsMaps || shape.Channels is not (1 or 3))
            throw new ArgumentException($"a model's input of images is (1, H, W) or (3, H, W), got {shape}", nameof(shape));
    }

    private static PreparedImage PrepareImage(Image image, (int Width, int Height) whole, Shape shape, PreparationOptions options)
    {
        var notes = new List<string>(image.Notes);
        if (ImageConversion.HasTransparency(image))
            notes.Add($"transparent parts on {options.Background}");
        if (image.IsGrey != (shape.Channels == 1))
            notes.Add(shape.Channels == 1 ? "colour to grey" : "grey to colour");
        if (whole != (shape.Width, shape.Height))
            notes.Add($"{Verb(options.Fit)} from {whole.Width}×{whole.Height} to {shape.Width}×{shape.Height}");
        var planes = new byte[shape.Length];
        ImageFitter.ToPlanes(image, shape, options.Fit, options.Filter, options.Background, planes);
        return new PreparedImage(shape, ToFloats(planes), notes);
    }

    private static PreparedImage PrepareDrawing(Image image, (int Width, int Height) whole, Shape shape)
    {
        var notes = new List<string>(image.Notes);
        bool sized = image.Width == shape.Width && image.Height == shape.Height
            || image.Width == DigitNormalizer.Frame && image.Height == DigitNormalizer.Frame;
        Image drawing = sized ? DigitNormalizer.ToLightOnDark(image, notes) : image;
        if (!sized || !DigitNormalizer.IsNormalized(drawing))
        {
            notes = [.. image.Notes];
            drawing = DigitNormalizer.Normalize(image, whole, notes);
        }

        // From MNIST's size to the model's by the same way that MNIST itself takes when such a model is trained.
        var fit = new ImageFit(new Shape(1, drawing.Height, drawing.Width), shape);
        if (fit.IsPadded || fit.IsScaled)
            notes.Add(fit.ToString());
        var pixels = new float[shape.Length];
        fit.Apply(ToFloats(drawing.Pixels), pixels);
        return new PreparedImage(shape, pixels, notes);
    }

    private static string Verb(FitMode mode) => mode switch
    {
        FitMode.Letterbox => "letterboxed",
        FitMode.CentreCrop => "cropped and scaled",
        _ => "scaled",
    };

    private static float[] ToFloats(ReadOnlySpan<byte> planes)
    {
        var result = new float[planes.Length];
        TensorPrimitives.ConvertChecked<byte, float>(planes, result);
        TensorPrimitives.Multiply(result, 1f / 255f, result);
        return result;
    }
}
