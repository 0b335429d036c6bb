using Fovea.Tensors;

namespace Fovea.Imaging.Sheets;

/// <summary>Many small images on one: a row a sample with a name before it, columns with names above them.</summary>
internal sealed class ContactSheet
{
    private const int Gap = 4, Scale = 2, MinCell = 64, MaxSign = 18;
    private const byte Ground = 255, Ink = 40;
    private readonly Shape _shape;
    private readonly IReadOnlyList<string> _columns;
    private readonly List<(string Name, Image[] Cells)> _rows = [];

    /// <summary>An empty sheet.</summary>
    /// <param name="shape">(C, H, W) of every image, C being 1 or 3.</param>
    /// <param name="columns">What stands above the columns.</param>
    /// <exception cref="ArgumentException">The shape is no image's, or there are no columns.</exception>
    public ContactSheet(Shape shape, IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (!shape.IsMaps || shape.Channels is not (1 or 3))
            throw new ArgumentException($"a image's shape is (1, H, W) or (3, H, W), got {shape}", nameof(shape));
        if (columns.Count == 0)
            throw new ArgumentException("a sheet needs at least one column", nameof(columns));
        _shape = shape;
        _columns = columns;
    }

    /// <summary>Adds a row.</summary>
    /// <param name="name">What stands before it.</param>
    /// <param name="cells">One image a column, each (C, H, W), in [0, 1].</param>
    /// <exception cref="ArgumentException">Not one image a column, or one of another length.</exception>
    public void Add(string name, IReadOnlyList<float[]> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        if (cells.Count != _columns.Count || cells.Any(cell => cell.Length != _shape.Length))
            throw new ArgumentException($"a row has {_columns.Count} images of {_shape}", nameof(cells));
        _rows.Add((name, [.. cells.Select(ToImage)]));
    }

    /// <summary>The sheet as one colour image; small images are magnified, pixel by pixel.</summary>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    public Image Render()
    {
        if (_rows.Count == 0)
            throw new InvalidOperationException("the sheet has no rows");
        int side = Math.Max(_shape.Height, _shape.Width), zoom = (MinCell + side - 1) / side;
        int cellWidth = _shape.Width * zoom, cellHeight = _shape.Height * zoom, line = PixelFont.Height * Scale;
        int names = _rows.Max(row => PixelFont.Measure(Short(row.Name), Scale)) + 2 * Gap, top = line + 2 * Gap;
        var sheet = new Image(names + _columns.Count * (cellWidth + Gap), top + _rows.Count * (cellHeight + Gap), 3);
        sheet.Pixels.Fill(Ground);
        for (int c = 0; c < _columns.Count; c++)
            PixelFont.Write(sheet, names + c * (cellWidth + Gap), Gap, Short(_columns[c], (cellWidth + Gap) / ((PixelFont.Width + 1) * Scale)), Scale, Ink);
        for (int r = 0; r < _rows.Count; r++)
        {
            int y = top + r * (cellHeight + Gap);
            PixelFont.Write(sheet, Gap, y + (cellHeight - line) / 2, Short(_rows[r].Name), Scale, Ink);
            for (int c = 0; c < _columns.Count; c++)
                Paste(_rows[r].Cells[c], sheet, names + c * (cellWidth + Gap), y, zoom);
        }
        return sheet;
    }

    private static void Paste(Image cell, Image sheet, int left, int top, int zoom)
    {
        for (int y = 0; y < cell.Height * zoom; y++)
        {
            ReadOnlySpan<byte> from = cell.Row(y / zoom);
            Span<byte> to = sheet.Row(top + y);
            for (int x = 0; x < cell.Width * zoom; x++)
                from.Slice(x / zoom * 3, 3).CopyTo(to[((left + x) * 3)..]);
        }
    }

    private Image ToImage(float[] pixels)
    {
        var image = new Image(_shape.Width, _shape.Height, 3);
        int plane = _shape.Height * _shape.Width;
        for (int i = 0; i < plane; i++)
            for (int c = 0; c < 3; c++)
                image.Pixels[3 * i + c] = (byte)Math.Round(255 * Math.Clamp(pixels[(_shape.Channels == 1 ? 0 : c) * plane + i], 0, 1));
        return image;
    }

    private static string Short(string name, int most = MaxSign) => name.Length <= most ? name : name[..most];
}
