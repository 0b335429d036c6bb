using System.Text;

namespace Fovea.Imaging.Pnm;

/// <summary>Writes binary Netpbm files: P5 (PGM) of a grey image, P6 (PPM) of an RGB one.</summary>
internal static class PnmEncoder
{
    /// <summary>The bytes of a PGM or PPM file.</summary>
    /// <exception cref="ArgumentException">The image has alpha, for which these formats have no place.</exception>
    public static byte[] Encode(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.HasAlpha)
            throw new ArgumentException("PGM and PPM have no place for alpha; flatten the image first", nameof(image));
        string header = $"P{(image.IsGrey ? 5 : 6)}\n{image.Width} {image.Height}\n255\n";
        return [.. Encoding.ASCII.GetBytes(header), .. image.Pixels];
    }
}
