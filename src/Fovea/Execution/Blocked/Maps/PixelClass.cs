using Fovea.Kernels;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Pixels (Row + i · stride, Column + j · stride) of a convolution's input. They lie alike to the pixels that windows start
/// at, so they all meet the same cells of the kernel, and their gradient is a convolution of stride 1 of the output's.
/// </summary>
internal sealed class PixelClass
{
    private readonly Window _window;

    private PixelClass(Window window, int row, int column)
    {
        _window = window;
        Row = row;
        Column = column;
        Rows = (window.InputHeight - row + window.StrideHeight - 1) / window.StrideHeight;
        Columns = (window.InputWidth - column + window.StrideWidth - 1) / window.StrideWidth;
        Cells = [.. Enumerable.Range(0, window.KernelArea)
            .Where(cell => RowOffset(cell) % window.StrideHeight == 0 && ColumnOffset(cell) % window.StrideWidth == 0)];
    }

    public int Row { get; }

    public int Column { get; }

    /// <summary>How many there are along either axis.</summary>
    public int Rows { get; }

    /// <inheritdoc cref="Rows"/>
    public int Columns { get; }

    /// <summary>The kernel's cells that the pixels meet, in ascending order; none where pixels lie between windows.</summary>
    public int[] Cells { get; }

    /// <summary>All classes of a window; a single one of all pixels if its stride is 1.</summary>
    public static PixelClass[] Of(Window window) =>
    [
        .. from row in Enumerable.Range(0, Math.Min(window.StrideHeight, window.InputHeight))
           from column in Enumerable.Range(0, Math.Min(window.StrideWidth, window.InputWidth))
           select new PixelClass(window, row, column),
    ];

    /// <summary>Where the cells lie in one block of the output's gradients, relative to the pixel (i, j) there.</summary>
    public IEnumerable<int> Taps(BlockedMap output) =>
        Cells.Select(cell => RowOffset(cell) / _window.StrideHeight * output.Pitch + ColumnOffset(cell) / _window.StrideWidth * output.Inner);

    /// <summary>The frame that the taps of all of a window's classes need around its output.</summary>
    public static int Halo(Window window) => Of(window).SelectMany(pixels => pixels.Cells, (pixels, cell) => pixels.HaloOf(cell)).Prepend(0).Max();

    private int HaloOf(int cell)
    {
        int row = RowOffset(cell) / _window.StrideHeight, column = ColumnOffset(cell) / _window.StrideWidth;
        return Math.Max(Math.Max(-row, -column), Math.Max(Rows + row - _window.OutputHeight, Columns + column - _window.OutputWidth));
    }

    private int RowOffset(int cell) => Row + _window.PadTop - cell / _window.KernelWidth * _window.DilationHeight;

    private int ColumnOffset(int cell) => Column + _window.PadLeft - cell % _window.KernelWidth * _window.DilationWidth;
}
