namespace Fovea.Imaging.Tiff;

/// <summary>
/// Brightness and differences of colour to red, green, blue, with the coefficients and the black and white that the file
/// names (TIFF 6.0, sections 20 and 21), in the 16 bits behind the point that libtiff reckons with.
/// </summary>
internal sealed class YCbCrConversion
{
    private const int Shift = 16, Half = 1 << (Shift - 1);

    private readonly int[] _luma = new int[256], _redByCr = new int[256], _greenByCr = new int[256], _greenByCb = new int[256], _blueByCb = new int[256];

    public YCbCrConversion(in TiffDirectory directory)
    {
        ReadOnlySpan<float> luma = Reals(directory, TiffTag.LumaCoefficients, [0.299f, 0.587f, 0.114f], 3);
        if (luma[1] == 0)
            luma = [0.299f, 0.587f, 0.114f];
        ReadOnlySpan<float> range = Reals(directory, TiffTag.ReferenceBlackWhite, [0, 255, 128, 255, 128, 255], 6);
        float red = 2 - (2 * luma[0]), blue = 2 - (2 * luma[2]);
        int redByCr = Fixed(red), greenByCr = -Fixed(luma[0] * red / luma[1]);
        int blueByCb = Fixed(blue), greenByCb = -Fixed(luma[2] * blue / luma[1]);
        for (int i = 0; i < 256; i++)
        {
            int cr = ToRange(i - 128, range[4] - 128, range[5] - 128, 127), cb = ToRange(i - 128, range[2] - 128, range[3] - 128, 127);
            _luma[i] = ToRange(i, range[0], range[1], 255);
            _redByCr[i] = ((redByCr * cr) + Half) >> Shift;
            _blueByCb[i] = ((blueByCb * cb) + Half) >> Shift;
            _greenByCr[i] = greenByCr * cr;
            _greenByCb[i] = (greenByCb * cb) + Half;
        }
    }

    public void Convert(byte luma, byte cb, byte cr, Span<byte> pixel)
    {
        int y = _luma[luma];
        pixel[2] = (byte)Math.Clamp(y + _blueByCb[cb], 0, 255);
        pixel[1] = (byte)Math.Clamp(y + ((_greenByCb[cb] + _greenByCr[cr]) >> Shift), 0, 255);
        pixel[0] = (byte)Math.Clamp(y + _redByCr[cr], 0, 255);
    }

    /// <summary>
    /// Units of several brightness samples and one of each difference, to rows of three samples a pixel (TIFF 6.0,
    /// section 21); differences are repeated.
    /// </summary>
    /// <param name="units">A row of units.</param>
    /// <param name="subsampling">Brightness samples of a unit, across and down.</param>
    /// <param name="row">Which row of the units.</param>
    /// <param name="samples">(W, 3).</param>
    public static void Expand(ReadOnlySpan<byte> units, (int Across, int Down) subsampling, int row, Span<byte> samples)
    {
        int across = subsampling.Across, colours = across * subsampling.Down;
        for (int x = 0; x < samples.Length / 3; x++)
        {
            ReadOnlySpan<byte> unit = units[(x / across * (colours + 2))..];
            samples[3 * x] = unit[(row * across) + (x % across)];
            samples[(3 * x) + 1] = unit[colours];
            samples[(3 * x) + 2] = unit[colours + 1];
        }
    }

    private static int Fixed(float value) => (int)((Math.Clamp(value, 0, 2) * (1 << Shift)) + 0.5);

    private static int ToRange(int code, float black, float white, float range)
    {
        float span = (int)white - (int)black != 0 ? white - black : 1;
        float value = (code - (int)black) * range / span;
        return (int)Math.Clamp(float.IsNaN(value) ? 0 : value, -4096, 4096);
    }

    private static ReadOnlySpan<float> Reals(in TiffDirectory directory, int tag, float[] otherwise, int count)
    {
        if (!directory.TryGet(tag, out TiffValues values) || values.Count < count)
            return otherwise;
        var result = new float[count];
        for (int i = 0; i < count; i++)
        {
            result[i] = values.Real(i);
            if (!float.IsFinite(result[i]))
                return otherwise;
        }
        return result;
    }
}
