using System.Globalization;

namespace Fovea.Imaging.Filters;

/// <summary>
/// A matrix that is slid over a image: every new pixel is the sum of the pixels under the matrix, each times its cell.
/// The matrix is not turned first: this is the cross-correlation that <see cref="Layers.Conv2d"/> computes.
/// </summary>
public sealed class FilterKernel
{
    /// <summary>The most rows or columns.</summary>
    public const int MaxCells = 64;

    /// <summary>The largest size of a cell, so that no sum overflows.</summary>
    public const float LargestCell = 1e9f;

    private readonly float[] _cells;

    /// <summary>A matrix of one's own.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="height">Rows, 1 to <see cref="MaxCells"/>.</param>
    /// <param name="width">Columns, 1 to <see cref="MaxCells"/>.</param>
    /// <param name="cells">(height, width).</param>
    /// <param name="divisor">What every sum is divided by afterwards, positive.</param>
    /// <exception cref="ArgumentException">A size is out of range, the cells do not fill it or are too large, or the divisor is not positive.</exception>
    public FilterKernel(string name, int height, int width, ReadOnlySpan<float> cells, double divisor = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (height is < 1 or > MaxCells || width is < 1 or > MaxCells)
            throw new ArgumentException($"a filter has 1 to {MaxCells} rows and columns, got {height}×{width}");
        if (cells.Length != height * width)
            throw new ArgumentException($"a filter of {height}×{width} has {height * width} cells, got {cells.Length}");
        foreach (float cell in cells)
            if (!(Math.Abs(cell) <= LargestCell))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the cells of a filter are numbers from -{LargestCell} to {LargestCell}, got {cell}"));
        if (!double.IsFinite(divisor) || divisor <= 0)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"a filter's divisor must be positive, got {divisor}"));
        Name = name;
        Height = height;
        Width = width;
        Divisor = divisor;
        _cells = cells.ToArray();
    }

    /// <summary>The preset's name, or the text of a matrix of one's own.</summary>
    public string Name { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>What every sum is divided by.</summary>
    public double Divisor { get; }

    /// <summary>(height, width).</summary>
    public ReadOnlySpan<float> Cells => _cells;

    /// <summary>The sum of all cells: by so much a surface of one colour becomes brighter, before the division.</summary>
    public double Sum => _cells.Sum(cell => (double)cell);

    /// <summary>The same matrix with another divisor.</summary>
    /// <exception cref="ArgumentException">The divisor is not positive.</exception>
    public FilterKernel DividedBy(double divisor) => new(Name, Height, Width, _cells, divisor);

    /// <summary>A preset by its name (<see cref="FilterPresets"/>), or a matrix: <c>0,1,0;1,-4,1;0,1,0</c>.</summary>
    /// <param name="text">Rows are parted by semicolons or line breaks, cells by commas or blanks.</param>
    /// <exception cref="FormatException">It is neither; the message says in which row, and lists the presets.</exception>
    public static FilterKernel Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        if (FilterPresets.Find(trimmed) is { } preset)
            return preset;
        if (trimmed.Length == 0 || char.IsLetter(trimmed[0]))
            throw new FormatException($"no filter is named '{trimmed}'{Nearest.Question(trimmed, FilterPresets.Names)}; there are {string.Join(", ", FilterPresets.Names)}, or a matrix such as 0,1,0;1,-4,1;0,1,0");
        string[] rows = trimmed.TrimEnd(';').Split([';', '\n']);
        float[][] cells = [.. rows.Select((row, number) => ParseRow(row, number + 1))];
        int width = cells[0].Length;
        for (int row = 1; row < cells.Length; row++)
            if (cells[row].Length != width)
                throw new FormatException($"every row of a filter has as many cells as the first, which has {width}; row {row + 1} has {cells[row].Length}");
        if (cells.Length > MaxCells || width > MaxCells)
            throw new FormatException($"a filter has at most {MaxCells} rows and columns, got {cells.Length}×{width}");
        return new FilterKernel(trimmed, cells.Length, width, cells.SelectMany(row => row).ToArray());
    }

    private static float[] ParseRow(string row, int number)
    {
        // Between two commas there must be something; blanks may be many.
        string[] words = [.. row.Split(',').SelectMany(part => part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } cells ? cells : [""])];
        if (words is [""])
            throw new FormatException($"row {number} of the filter is empty");
        var cells = new float[words.Length];
        for (int i = 0; i < words.Length; i++)
            if (words[i].Length == 0)
                throw new FormatException($"row {number} of the filter has nothing between two commas, or at one of its ends");
            else if (!float.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out cells[i]) || !(Math.Abs(cells[i]) <= LargestCell))
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"row {number} of the filter has '{words[i]}' where a number from -{LargestCell} to {LargestCell} must be"));
        return cells;
    }
}
