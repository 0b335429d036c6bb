namespace Fovea.Imaging;

/// <summary>Reads one kind of image file. Implementations keep no state and may be used from many threads at once.</summary>
public abstract class ImageDecoder
{
    /// <summary>How many of a file's first bytes <see cref="CanDecode"/> is shown, where the file has as many.</summary>
    public const int HeaderLength = 32;

    /// <summary>What people call the format: <c>PNG</c>.</summary>
    public abstract string FormatName { get; }

    /// <summary>Whether a file that begins so is of this kind. Must not throw.</summary>
    /// <param name="header">The first bytes: <see cref="HeaderLength"/> of them, or fewer if the file is shorter.</param>
    public abstract bool CanDecode(ReadOnlySpan<byte> header);

    /// <summary>Reads a whole file.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="limits">What to accept.</param>
    /// <returns>
    /// The image as it lies in the file, and how it is to be turned (<see cref="Image.Orientation"/>); what had to be passed
    /// over in the file is in its <see cref="Image.Notes"/>.
    /// </returns>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits.</exception>
    public abstract Image Decode(ReadOnlySpan<byte> file, ImageLimits limits);

    /// <summary>Reads a whole file for a use that needs fewer pixels than the image has.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="limits">What to accept.</param>
    /// <param name="least">The fewest pixels that will do, of the image when it is upright.</param>
    /// <param name="whole">The size of the whole image as it lies in the file.</param>
    /// <returns>The image reduced where the reader can do that at less cost, else the whole image; as <see cref="Decode"/> gives it.</returns>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits.</exception>
    public virtual Image DecodeReduced(ReadOnlySpan<byte> file, ImageLimits limits, MinSize least, out (int Width, int Height) whole)
    {
        Image image = Decode(file, limits);
        whole = (image.Width, image.Height);
        return image;
    }
}
