namespace Fovea.Imaging.Jpeg;

/// <summary>
/// The components of one row of units of a image to be written. Beyond the right and lower edges the last samples are
/// repeated.
/// </summary>
internal sealed class EncoderPlanes
{
    private readonly Image _image;
    private readonly int _factor;
    private readonly int _stride;
    private readonly byte[][] _planes;

    /// <param name="image">Grey or RGB.</param>
    /// <param name="factor">How many pixels across and down share a colour: 1 or 2.</param>
    public EncoderPlanes(Image image, int factor)
    {
        (_image, _factor) = (image, factor);
        int unit = 8 * factor;
        _stride = (image.Width + unit - 1) / unit * unit;
        _planes = new byte[image.Channels][];
        for (int i = 0; i < _planes.Length; i++)
            _planes[i] = new byte[_stride * unit];
    }

    /// <summary>Makes the components of a row of units.</summary>
    public void Load(int unit)
    {
        int rows = 8 * _factor;
        for (int y = 0; y < rows; y++)
        {
            ReadOnlySpan<byte> pixels = _image.Row(Math.Min((unit * rows) + y, _image.Height - 1));
            if (_planes.Length == 1)
                pixels.CopyTo(_planes[0].AsSpan(y * _stride));
            else
                Convert(pixels, y * _stride);
            foreach (byte[] plane in _planes)
                plane.AsSpan((y * _stride) + _image.Width, _stride - _image.Width).Fill(plane[(y * _stride) + _image.Width - 1]);
        }
        // Means are repeated downwards, not pixels: below the image there are no more of these.
        if (_factor == 2)
            for (int i = 1; i < _planes.Length; i++)
                Halve(_planes[i], (_image.Height - (unit * rows) + 1) / 2);
    }

    /// <summary>A block of samples.</summary>
    /// <param name="component">Which component.</param>
    /// <param name="column">Blocks to the left.</param>
    /// <param name="row">Blocks above in this row of units.</param>
    /// <param name="block">64 samples less 128.</param>
    public void Read(int component, int column, int row, Span<int> block)
    {
        int stride = component == 0 ? _stride : _stride / _factor;
        ReadOnlySpan<byte> samples = _planes[component].AsSpan((8 * row * stride) + (8 * column));
        for (int i = 0; i < block.Length; i++)
            block[i] = samples[((i >> 3) * stride) + (i & 7)] - 128;
    }

    /// <summary>JFIF's conversion (ITU-R BT.601-7, full range) with factors of 16 bits.</summary>
    private void Convert(ReadOnlySpan<byte> pixels, int at)
    {
        const int half = 1 << 15, middle = (128 << 16) + half - 1;
        for (int x = 0; x < pixels.Length / 3; x++)
        {
            int red = pixels[3 * x], green = pixels[(3 * x) + 1], blue = pixels[(3 * x) + 2];
            _planes[0][at + x] = (byte)(((19595 * red) + (38470 * green) + (7471 * blue) + half) >> 16);
            _planes[1][at + x] = (byte)(((-11059 * red) - (21709 * green) + (32768 * blue) + middle) >> 16);
            _planes[2][at + x] = (byte)(((32768 * red) - (27439 * green) - (5329 * blue) + middle) >> 16);
        }
    }

    /// <summary>Replaces two by two samples by their mean; halves are rounded down and up by turns.</summary>
    private void Halve(byte[] plane, int rows)
    {
        int half = _stride / 2;
        for (int y = 0; y < 8; y++)
        {
            if (y >= rows)
            {
                plane.AsSpan((y - 1) * half, half).CopyTo(plane.AsSpan(y * half));
                continue;
            }
            int above = 2 * y * _stride, below = above + _stride;
            for (int x = 0; x < half; x++)
            {
                int sum = plane[above + (2 * x)] + plane[above + (2 * x) + 1] + plane[below + (2 * x)] + plane[below + (2 * x) + 1];
                plane[(y * half) + x] = (byte)((sum + 1 + (x & 1)) >> 2);
            }
        }
    }
}
