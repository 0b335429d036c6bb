using System.Numerics.Tensors;

namespace Fovea.Kernels;

/// <summary>
/// The product of two matrices that both change from sample to sample:
/// <code>output[r][c] (+)= Σₖ left[r][k] · right[k][c]</code>
/// Either may lie across: its columns, not its rows, in one piece. The right one is laid out in panels of 64 columns, which stay
/// in the cache while <see cref="Correlation"/> goes over all rows of the left one; of vectors nothing is laid out. With 16
/// lanes every element is one of 16 samples (<see cref="LaneProduct"/>). Made once; runs without allocating.
/// </summary>
internal sealed unsafe class MatrixProduct
{
    /// <summary>Four of the widest vectors.</summary>
    private const int PanelColumns = 64;

    /// <summary>With its columns a panel of 64 KiB.</summary>
    private const int PanelTaps = 256;

    /// <summary>Rows at a time of a panel that ends inside a vector, whose outputs are computed beside.</summary>
    private const int EdgeRows = 60;

    private const int Vector = 16;
    private const int DotsAtATime = 64;

    private readonly int _rows;
    private readonly int _taps;
    private readonly int _columns;
    private readonly int _lanes;
    private readonly bool _leftAcross;
    private readonly bool _rightAcross;
    private readonly int[] _leftRows = [];
    private readonly int[] _leftTaps = [];
    private readonly int[] _panelTaps = [];
    private readonly int[] _outputRows = [];
    private readonly int[] _edgeRows = [];

    /// <param name="rows">Rows of the left matrix and of the output.</param>
    /// <param name="taps">Columns of the left matrix, rows of the right one.</param>
    /// <param name="columns">Columns of the right matrix and of the output.</param>
    /// <param name="leftAcross">Whether the left one is given as (taps, rows).</param>
    /// <param name="rightAcross">Whether the right one is given as (columns, taps).</param>
    /// <param name="lanes">How many samples lie side by side at every element: 1 or 16.</param>
    public MatrixProduct(int rows, int taps, int columns, bool leftAcross, bool rightAcross, int lanes)
    {
        (_rows, _taps, _columns, _leftAcross, _rightAcross, _lanes) = (rows, taps, columns, leftAcross, rightAcross, lanes);
        if (lanes > 1 || IsOfVector)
            return;
        _leftRows = Steps(rows, leftAcross ? 1 : taps);
        _leftTaps = Steps(taps, leftAcross ? rows : 1);
        _panelTaps = Steps(Math.Min(taps, PanelTaps), PanelColumns);
        _outputRows = Steps(rows, columns);
        _edgeRows = Steps(Math.Min(rows, EdgeRows), PanelColumns);
        ScratchLength = PanelColumns * (_panelTaps.Length + _edgeRows.Length);

        static int[] Steps(int count, int step) => [.. Enumerable.Range(0, count).Select(i => i * step)];
    }

    /// <summary>Floats that a run may use and forget.</summary>
    public int ScratchLength { get; }

    private bool IsOfVector => _rows == 1 || _columns == 1;

    /// <summary>Computes the product.</summary>
    /// <param name="left">The left matrix.</param>
    /// <param name="right">The right matrix.</param>
    /// <param name="output">(rows, columns), overwritten or added to.</param>
    /// <param name="adds">Whether to add.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats.</param>
    public void Run(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> output, bool adds, Span<float> scratch)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(left.Length, _rows * _taps * _lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(right.Length, _taps * _columns * _lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, _rows * _columns * _lanes);
        ArgumentOutOfRangeException.ThrowIfLessThan(scratch.Length, ScratchLength);
        if (_lanes > 1)
            LaneProduct.Run(_rows, _taps, _columns, left, _leftAcross, right, _rightAcross, output, adds);
        else if (IsOfVector)
            TimesVector(_columns == 1 ? left : right, _columns == 1 ? _leftAcross : !_rightAcross, _columns == 1 ? right : left, output, adds);
        else
            fixed (float* l = left, r = right, o = output, s = scratch)
                for (int column = 0; column < _columns; column += PanelColumns)
                    for (int tap = 0; tap < _taps; tap += PanelTaps)
                        RunPanel(l, r, column, tap, o, adds || tap > 0, s);
    }

    /// <summary>A few columns of the output, or their sums so far over a few of the taps.</summary>
    private void RunPanel(float* left, float* right, int column, int tap, float* output, bool adds, float* panel)
    {
        int columns = Math.Min(PanelColumns, _columns - column), taps = Math.Min(PanelTaps, _taps - tap), run = (columns + Vector - 1) / Vector * Vector;
        LayOut(right, column, columns, tap, taps, run, panel);
        fixed (int* leftRows = _leftRows, leftTaps = _leftTaps, panelTaps = _panelTaps, outputRows = _outputRows, edgeRows = _edgeRows)
        {
            var operands = new Correlation.Operands
            {
                Weights = left,
                WeightRows = leftRows,
                WeightTaps = leftTaps + tap,
                Input = panel,
                InputTaps = panelTaps,
                Output = output + column,
                OutputRows = outputRows,
                Rows = _rows,
                Taps = taps,
                Run = run,
                Accumulate = adds,
            };
            if (run == columns)
            {
                Correlation.Run(operands);
                return;
            }
            // A last vector that passes the row's end would spoil the next row.
            float* edge = panel + PanelColumns * _panelTaps.Length;
            operands.Output = edge;
            operands.OutputRows = edgeRows;
            for (int row = 0; row < _rows; row += EdgeRows)
            {
                operands.Rows = Math.Min(EdgeRows, _rows - row);
                operands.WeightRows = leftRows + row;
                for (int r = 0; adds && r < operands.Rows; r++)
                    new ReadOnlySpan<float>(output + column + outputRows[row + r], columns).CopyTo(new Span<float>(edge + edgeRows[r], columns));
                Correlation.Run(operands);
                for (int r = 0; r < operands.Rows; r++)
                    new ReadOnlySpan<float>(edge + edgeRows[r], columns).CopyTo(new Span<float>(output + column + outputRows[row + r], columns));
            }
        }
    }

    /// <summary>Lays out a panel, (taps, 64), with zeros behind the last column.</summary>
    private void LayOut(float* right, int column, int columns, int tap, int taps, int run, float* panel)
    {
        if (_rightAcross)
            Transposition.Run(right + (nint)column * _taps + tap, _taps, columns, taps, panel, PanelColumns);
        for (int k = 0; k < taps; k++)
        {
            var row = new Span<float>(panel + k * PanelColumns, run);
            if (!_rightAcross)
                new ReadOnlySpan<float>(right + (nint)(tap + k) * _columns + column, columns).CopyTo(row);
            row[columns..].Clear();
        }
    }

    /// <summary>output (+)= matrix · vector: sums of the matrix's rows where it lies across, else a product a row.</summary>
    private void TimesVector(ReadOnlySpan<float> matrix, bool isAcross, ReadOnlySpan<float> vector, Span<float> output, bool adds)
    {
        if (isAcross)
        {
            if (!adds)
                output.Clear();
            for (int k = 0; k < vector.Length; k++)
                TensorPrimitives.MultiplyAdd(matrix.Slice(k * output.Length, output.Length), vector[k], output, output);
            return;
        }
        float* products = stackalloc float[DotsAtATime];
        fixed (float* m = matrix, v = vector)
            for (int row = 0; row < output.Length; row += DotsAtATime)
            {
                Span<float> part = output.Slice(row, Math.Min(DotsAtATime, output.Length - row));
                RowProducts.Run(m + (nint)row * vector.Length, part.Length, vector.Length, v, products);
                var computed = new ReadOnlySpan<float>(products, part.Length);
                if (adds)
                    TensorPrimitives.Add(part, computed, part);
                else
                    computed.CopyTo(part);
            }
    }
}
