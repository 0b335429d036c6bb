using System.Collections.Immutable;
using Fovea.Data;
using Fovea.Imaging.Bmp;
using Fovea.Imaging.Gif;
using Fovea.Imaging.Jpeg;
using Fovea.Imaging.Png;
using Fovea.Imaging.Pnm;
using Fovea.Imaging.Tiff;
using Fovea.Imaging.WebP;

namespace Fovea.Imaging;

/// <summary>Reads and writes image files. The format is known by a file's content, never by its name.</summary>
public static class ImageFile
{
    private static ImmutableArray<ImageDecoder> _decoders =
        [new PngDecoder(), new JpegDecoder(), new GifDecoder(), new BmpDecoder(), new PnmDecoder(), new WebPDecoder(), new TiffDecoder(), .. UnsupportedDecoder.All];

    /// <summary>The readers, in the order in which they are asked.</summary>
    public static IReadOnlyList<ImageDecoder> Decoders => _decoders;

    private const string StreamName = "the image";

    /// <summary>The formats that are read without further readers, for people.</summary>
    public const string FormatNames = "JPEG, PNG, WebP, TIFF, GIF, BMP and PNM";

    /// <summary>Adds a reader, which is asked before all that are there. May be called from any thread.</summary>
    public static void Register(ImageDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ImmutableInterlocked.Update(ref _decoders, (decoders, added) => decoders.Insert(0, added), decoder);
    }

    /// <summary>Reads a image file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="limits">What to accept; <see cref="ImageLimits.Default"/> if null.</param>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Image Load(string path, ImageLimits? limits = null)
    {
        try
        {
            return Decode(ReadBytes(path, limits), limits);
        }
        catch (ImageFormatException e)
        {
            throw new ImageFormatException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads an image file without holding a thread while the disk works; it is decoded on the thread pool.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="limits">What to accept; <see cref="ImageLimits.Default"/> if null.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public static async Task<Image> LoadAsync(string path, ImageLimits? limits = null, CancellationToken cancellation = default)
    {
        try
        {
            byte[] bytes = await ReadBytesAsync(path, limits, cancellation).ConfigureAwait(false);
            return await Task.Run(() => Decode(bytes, limits), cancellation).ConfigureAwait(false);
        }
        catch (ImageFormatException e)
        {
            throw new ImageFormatException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads an image from a stream, to its end.</summary>
    /// <param name="stream">The bytes of an image file.</param>
    /// <param name="limits">What to accept; <see cref="ImageLimits.Default"/> if null.</param>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static Image Load(Stream stream, ImageLimits? limits = null) => Decode(ReadBytes(stream, limits), limits);

    /// <summary>Reads an image from a stream, to its end; it is decoded on the thread pool.</summary>
    /// <param name="stream">The bytes of an image file.</param>
    /// <param name="limits">What to accept; <see cref="ImageLimits.Default"/> if null.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public static async Task<Image> LoadAsync(Stream stream, ImageLimits? limits = null, CancellationToken cancellation = default)
    {
        byte[] bytes = await ReadBytesAsync(stream, limits, cancellation).ConfigureAwait(false);
        return await Task.Run(() => Decode(bytes, limits), cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads a image from the bytes of a file.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="limits">What to accept; <see cref="ImageLimits.Default"/> if null.</param>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits.</exception>
    public static Image Decode(ReadOnlySpan<byte> file, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        Image image = FindDecoder(file, limits).Decode(file, limits);
        return ExifOrientation.Apply(image, image.Orientation);
    }

    /// <summary>Reads an image from the bytes of a file for a use that needs fewer pixels than it has.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="minWidth">The fewest columns that will do.</param>
    /// <param name="minHeight">The fewest rows that will do.</param>
    /// <param name="whole">The size of the whole image.</param>
    /// <param name="limits">What to accept; <see cref="ImageLimits.Default"/> if null.</param>
    /// <returns>
    /// The image at 1/2, 1/4 or 1/8 if it is a JPEG file and not smaller then than asked for; the means of blocks of an image
    /// of more than 16.8 megapixels in a format but JPEG and WebP; else the whole image.
    /// </returns>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits.</exception>
    public static Image DecodeReduced(ReadOnlySpan<byte> file, int minWidth, int minHeight, out (int Width, int Height) whole, ImageLimits? limits = null) =>
        DecodeReduced(file, new MinSize(minWidth, minHeight), out whole, limits);

    /// <inheritdoc cref="DecodeReduced(ReadOnlySpan{byte}, int, int, out ValueTuple{int, int}, ImageLimits?)"/>
    /// <param name="file">The file's bytes.</param>
    /// <param name="least">The fewest pixels that will do.</param>
    /// <param name="whole">The size of the whole image.</param>
    /// <param name="limits">What to accept; <see cref="ImageLimits.Default"/> if null.</param>
    public static Image DecodeReduced(ReadOnlySpan<byte> file, MinSize least, out (int Width, int Height) whole, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        Image image = FindDecoder(file, limits).DecodeReduced(file, limits, least, out whole);
        if (ExifOrientation.Transposes(image.Orientation))
            whole = (whole.Height, whole.Width);
        return ExifOrientation.Apply(image, image.Orientation);
    }

    private static ImageDecoder FindDecoder(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        if (file.IsEmpty)
            throw new ImageFormatException("the file is empty");
        if (file.Length > limits.MaxFileBytes)
            throw TooLong(file.Length, limits);
        ReadOnlySpan<byte> header = file[..Math.Min(file.Length, ImageDecoder.HeaderLength)];
        foreach (ImageDecoder decoder in _decoders)
            if (decoder.CanDecode(header))
                return decoder;
        throw new ImageFormatException($"{ForeignContent.Describe(file)}; {FormatNames} are read");
    }

    /// <summary>Writes a image as PNG. The file appears under its name only when it is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void SavePng(Image image, string path) => Save(PngEncoder.Encode(image), path);

    /// <summary>Writes a image as JPEG. The file appears under its name only when it is complete.</summary>
    /// <param name="image">Grey or RGB.</param>
    /// <param name="path">Where to.</param>
    /// <param name="quality">1 to 100.</param>
    /// <exception cref="ArgumentException">The quality is not 1 to 100, or the image is transparent or too large.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void SaveJpeg(Image image, string path, int quality = JpegEncoder.DefaultQuality) =>
        Save(JpegEncoder.Encode(image, quality), path);

    private static void Save(byte[] bytes, string path)
    {
        string partial = path + ".part";
        try
        {
            File.WriteAllBytes(partial, bytes);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Whether a file begins as an image of a known format does, one that cannot be read included. Reads a few bytes.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static bool IsImage(string path)
    {
        try
        {
            using FileStream file = InputFile.Open(path);
            return IsImage(file);
        }
        catch (InputFileException)
        {
            return false;
        }
    }

    /// <summary>Whether a stream goes on as an image of a known format begins. Reads a few bytes.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static bool IsImage(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> header = stackalloc byte[ImageDecoder.HeaderLength];
        header = header[..stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false)];
        foreach (ImageDecoder decoder in _decoders)
            if (decoder.CanDecode(header))
                return true;
        return false;
    }

    /// <summary>The bytes of an image file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="limits">What to accept; <see cref="ImageLimits.Default"/> if null.</param>
    /// <exception cref="ImageFormatException">It is no regular file, empty or over the limits; the message does not name it.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static byte[] ReadBytes(string path, ImageLimits? limits = null)
    {
        try
        {
            return InputFile.ReadAllBytes(path, (limits ?? ImageLimits.Default).MaxFileBytes);
        }
        catch (InputFileException e)
        {
            throw new ImageFormatException(e.Reason, e);
        }
    }

    /// <summary>The bytes of an image file, read without holding a thread while the disk works.</summary>
    /// <inheritdoc cref="ReadBytes(string, ImageLimits?)"/>
    internal static async Task<byte[]> ReadBytesAsync(string path, ImageLimits? limits, CancellationToken cancellation)
    {
        try
        {
            return await InputFile.ReadAllBytesAsync(path, (limits ?? ImageLimits.Default).MaxFileBytes, cancellation).ConfigureAwait(false);
        }
        catch (InputFileException e)
        {
            throw new ImageFormatException(e.Reason, e);
        }
    }

    /// <summary>The bytes of an image from a stream.</summary>
    /// <exception cref="ImageFormatException">They are over the limits.</exception>
    internal static byte[] ReadBytes(Stream stream, ImageLimits? limits)
    {
        try
        {
            return InputFile.ReadToEnd(stream, StreamName, (limits ?? ImageLimits.Default).MaxFileBytes);
        }
        catch (InputFileException e)
        {
            throw new ImageFormatException(e.Message, e);
        }
    }

    /// <summary>The bytes of an image from a stream.</summary>
    /// <exception cref="ImageFormatException">They are over the limits.</exception>
    internal static async Task<byte[]> ReadBytesAsync(Stream stream, ImageLimits? limits, CancellationToken cancellation)
    {
        try
        {
            return await InputFile.ReadToEndAsync(stream, StreamName, (limits ?? ImageLimits.Default).MaxFileBytes, cancellation).ConfigureAwait(false);
        }
        catch (InputFileException e)
        {
            throw new ImageFormatException(e.Message, e);
        }
    }

    private static ImageFormatException TooLong(long length, ImageLimits limits) =>
        new($"the file's {length} bytes are over the limit of {limits.MaxFileBytes}");
}
