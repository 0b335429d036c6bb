using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>
/// The gradient of a convolution's input, directly: a convolution of the output's gradient with the kernels turned by half
/// a circle, inputs and outputs having changed places. With a stride, the input's pixels fall into classes by their
/// distance from the pixels that windows start at; every class meets cells of its own, and is a convolution of stride 1.
/// </summary>
internal sealed class InputGradient : GradientPart
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Pixels (Row + i · stride, Column + j · stride) and the taps that they meet.</summary>
    private sealed record PixelClass(int Row, int Column, int Rows, int Columns, int[] Cells, int FirstWeight)
    {
        /// <summary>In the map of outputs' gradients.</summary>
        public int[] Taps { get; set; } = [];
    }

    private readonly BlockedContext _context;
    private readonly BlockedOperator _op;
    private readonly BlockedMap _input;
    private readonly BlockedMap _output;
    private readonly Window _window;
    private readonly Parameter _weights;
    private readonly PixelClass[] _classes;
    private TaskSplit _split = null!;

    public InputGradient(BlockedContext context, BlockedOperator op, Window window, Parameter weights)
    {
        _context = context;
        _op = op;
        _input = op.Inputs[0];
        _output = op.Output;
        _window = window;
        _weights = weights;
        var classes = new List<PixelClass>();
        int first = 0;
        for (int row = 0; row < Math.Min(window.StrideHeight, window.InputHeight); row++)
            for (int column = 0; column < Math.Min(window.StrideWidth, window.InputWidth); column++)
            {
                int[] cells = [.. Enumerable.Range(0, window.KernelArea).Where(cell => Meets(row, column, cell))];
                classes.Add(new PixelClass(
                    row, column, (window.InputHeight - row + window.StrideHeight - 1) / window.StrideHeight,
                    (window.InputWidth - column + window.StrideWidth - 1) / window.StrideWidth, cells, first));
                first = checked(first + _input.Blocks * _output.Blocks * cells.Length * Block * Block);
            }
        _classes = [.. classes];
        SharedLength = first;
    }

    /// <summary>The turned weights of all classes: (input blocks, output blocks, cells, 16 outputs, 16 inputs).</summary>
    public override int SharedLength { get; }

    public override int Phases => 2;

    private int RowOffset(int row, int cell) => row + _window.PadTop - cell / _window.KernelWidth * _window.DilationHeight;

    private int ColumnOffset(int column, int cell) => column + _window.PadLeft - cell % _window.KernelWidth * _window.DilationWidth;

    private bool Meets(int row, int column, int cell) =>
        RowOffset(row, cell) % _window.StrideHeight == 0 && ColumnOffset(column, cell) % _window.StrideWidth == 0;

    public override void RequireHalos()
    {
        foreach (PixelClass pixels in _classes)
            foreach (int cell in pixels.Cells)
            {
                int row = RowOffset(pixels.Row, cell) / _window.StrideHeight, column = ColumnOffset(pixels.Column, cell) / _window.StrideWidth;
                _output.RequireHalo(Math.Max(Math.Max(-row, -column), Math.Max(pixels.Rows + row - _output.Height, pixels.Columns + column - _output.Width)));
            }
    }

    public override void Bind()
    {
        foreach (PixelClass pixels in _classes)
            pixels.Taps = [.. Enumerable.Range(0, _output.Blocks).SelectMany(block => pixels.Cells.Select(cell =>
                block * _output.Plane + RowOffset(pixels.Row, cell) / _window.StrideHeight * _output.Pitch
                + ColumnOffset(pixels.Column, cell) / _window.StrideWidth * Block))];
        long weights = (long)_input.Blocks * _output.Blocks * Block * Block * _window.KernelArea;
        _split = TaskSplit.Of(
            _classes[0].Rows, _classes[0].Columns, _input.Blocks, weights * _window.OutputArea, (long)_output.Blocks * _output.Pitch, weights, _context.Batch);
    }

    public override int Tasks(int phase, int count) => phase == 0 ? _input.Blocks : count * _split.Count;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        Span<float> turned = _context.Shared.Span;
        if (phase == 0)
        {
            foreach (PixelClass pixels in _classes)
                BlockedWeights.PackTurned(
                    _weights.Value.Values, task, _output.Channels, _input.Channels, pixels.Cells, _window.KernelArea,
                    turned.Slice(pixels.FirstWeight + task * _output.Blocks * pixels.Cells.Length * Block * Block, _output.Blocks * pixels.Cells.Length * Block * Block));
            return;
        }
        (int n, Part part) = _split.At(task, count);
        bool adds = _op.Targets[0] == GradientTarget.Add;
        fixed (float* weights = turned)
            foreach (PixelClass pixels in _classes)
            {
                int end = Math.Min(part.FirstRow + part.Rows, pixels.Rows), pitch = _window.StrideHeight * _input.Pitch;
                if (part.FirstRow >= end || adds && pixels.Taps.Length == 0)
                    continue;
                float* gradient = _input.SampleGradient(n) + part.FirstBlock * _input.Plane
                    + pixels.Row * _input.Pitch + pixels.Column * Block + part.FirstRow * pitch;
                if (pixels.Taps.Length == 0)
                {
                    Clear(gradient, part.Blocks, end - part.FirstRow, pitch, pixels.Columns);
                    continue;
                }
                int weightBlock = pixels.Taps.Length * Block * Block;
                fixed (int* taps = pixels.Taps)
                    BlockedCorrelation.Run(new BlockedCorrelation.Operands
                    {
                        Input = _output.SampleGradient(n) + part.FirstRow * _output.Pitch,
                        InputTaps = taps,
                        Taps = pixels.Taps.Length,
                        Inner = Block,
                        InputStep = Block,
                        InputPitch = _output.Pitch,
                        Weights = weights + pixels.FirstWeight + part.FirstBlock * weightBlock,
                        WeightBlock = weightBlock,
                        Output = gradient,
                        OutputBlock = _input.Plane,
                        OutputStep = _window.StrideWidth * Block,
                        OutputPitch = pitch,
                        Residual = adds ? gradient : null,
                        ResidualBlock = _input.Plane,
                        ResidualPitch = pitch,
                        Blocks = part.Blocks,
                        Height = end - part.FirstRow,
                        Width = pixels.Columns,
                        Lower = float.NegativeInfinity,
                        Upper = float.PositiveInfinity,
                    });
            }
    }

    /// <summary>Pixels between windows meet no weights.</summary>
    private unsafe void Clear(float* gradient, int blocks, int rows, int pitch, int columns)
    {
        for (int block = 0; block < blocks; block++)
            for (int y = 0; y < rows; y++)
                for (int x = 0; x < columns; x++)
                    new Span<float>(gradient + block * _input.Plane + y * pitch + x * _window.StrideWidth * Block, Block).Clear();
    }
}
