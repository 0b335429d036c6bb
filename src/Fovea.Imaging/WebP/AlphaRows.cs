using Fovea.Imaging.WebP.Lossless;

namespace Fovea.Imaging.WebP;

/// <summary>Writes the transparency of a lossy image (RFC 9649, section 2.7.1.2) into the alpha of its pixels.</summary>
internal sealed class AlphaRows : PixelRows
{
    private const int Lossless = 1, MaxFilter = 3;

    private readonly Image _image;
    private readonly int _left, _filter;
    private readonly byte[] _line, _above;
    private int _y;
    private bool _isFirst = true;

    private AlphaRows(Image image, int left, int top, int width, int filter)
    {
        (_image, _left, _y, _filter) = (image, left, top, filter);
        (_line, _above) = (new byte[width], new byte[width]);
    }

    /// <summary>Reads the transparency of a image that is part of an image.</summary>
    /// <exception cref="ImageFormatException">The data are damaged or end.</exception>
    public static void Read(ReadOnlySpan<byte> data, Image image, int left, int top, int width, int height)
    {
        int flags = data[0], method = flags & 3, levels = (flags >> 4) & 3, reserved = flags >> 6;
        if (method > Lossless || levels > 1 || reserved > 1)
            throw new ImageFormatException($"WebP: the alpha channel's header, {flags}, is not known");
        var rows = new AlphaRows(image, left, top, width, (flags >> 2) & MaxFilter);
        data = data[1..];
        if (method == Lossless)
        {
            LosslessDecoder.ReadPixels(data, width, height, rows);
            return;
        }
        if (data.Length < (long)width * height)
            throw new ImageFormatException($"WebP: the alpha channel takes {(long)width * height} bytes, got {data.Length}");
        for (int y = 0; y < height; y++)
        {
            data.Slice(y * width, width).CopyTo(rows._line);
            rows.WriteLine();
        }
    }

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<uint> row)
    {
        for (int x = 0; x < row.Length; x++)
            _line[x] = (byte)(row[x] >> 8);
        WriteLine();
    }

    private void WriteLine()
    {
        Span<byte> line = _line;
        switch (_filter)
        {
            case 0:
                break;
            case 1 or 2 or 3 when _isFirst:
                AddLeft(line, 0);
                break;
            case 1:
                AddLeft(line, _above[0]);
                break;
            case 2:
                for (int x = 0; x < line.Length; x++)
                    line[x] += _above[x];
                break;
            default:
                AddGradient(line);
                break;
        }
        Span<byte> target = _image.Row(_y++)[(4 * _left)..];
        for (int x = 0; x < line.Length; x++)
            target[(4 * x) + 3] = line[x];
        line.CopyTo(_above);
        _isFirst = false;
    }

    private static void AddLeft(Span<byte> line, byte left)
    {
        foreach (ref byte sample in line)
            sample = left += sample;
    }

    private void AddGradient(Span<byte> line)
    {
        int left = _above[0], corner = left;
        for (int x = 0; x < line.Length; x++)
        {
            int above = _above[x];
            left = (byte)(line[x] + Math.Clamp(left + above - corner, 0, 255));
            line[x] = (byte)left;
            corner = above;
        }
    }
}
