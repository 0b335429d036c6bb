using Fovea.Execution.Graph;
using Fovea.Execution.Workers;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>
/// The gradient of a convolution's input, directly: a convolution of the output's gradient with the kernels turned by half
/// a circle, inputs and outputs having changed places. With a stride, the input's pixels fall into classes by their
/// distance from the pixels that windows start at; every class meets cells of its own, and is a convolution of stride 1.
/// </summary>
internal sealed class InputGradient : PhasedWork
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>A class of pixels, where its weights begin, and the taps in the map of outputs' gradients.</summary>
    private sealed record Product(PixelClass Pixels, int FirstWeight, int[] Taps);

    private readonly BlockedContext _context;
    private readonly BlockedOperator _op;
    private readonly BlockedMap _input;
    private readonly BlockedMap _output;
    private readonly Window _window;
    private readonly Parameter _weights;
    private readonly ChannelBand _band;
    private readonly Product[] _products;
    private readonly TaskSplit _split;

    /// <param name="context">How the plan is to run.</param>
    /// <param name="op">The convolution's operator.</param>
    /// <param name="window">Its geometry.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="band">The inputs whose gradient is meant, and the outputs that read them.</param>
    public InputGradient(BlockedContext context, BlockedOperator op, Window window, Parameter weights, ChannelBand band)
    {
        _context = context;
        _op = op;
        _input = op.Inputs[0];
        _output = op.Output;
        _window = window;
        _weights = weights;
        _band = band;
        var products = new List<Product>();
        foreach (PixelClass pixels in PixelClass.Of(window))
        {
            products.Add(new Product(pixels, SharedLength, [.. Enumerable.Range(0, band.OutputBlocks).SelectMany(block => pixels.Taps(_output).Select(tap => block * _output.Plane + tap))]));
            SharedLength = checked(SharedLength + _band.InputBlocks * WeightBlock(pixels));
        }
        _products = [.. products];
        PixelClass first = products[0].Pixels;
        long length = (long)band.InputBlocks * band.OutputBlocks * Block * Block * window.KernelArea;
        _split = TaskSplit.Of(
            first.Rows, first.Columns, band.InputBlocks, length * window.OutputArea, (long)band.OutputBlocks * _output.Pitch, length, context.Batch);
    }

    /// <summary>The turned weights of all classes: (input blocks, output blocks, cells, 16 outputs, 16 inputs).</summary>
    public override int SharedLength { get; }

    public override int Phases => 2;

    private int WeightBlock(PixelClass pixels) => checked(_band.OutputBlocks * pixels.Cells.Length * Block * Block);

    public override int Tasks(int phase, int count) => phase == 0 ? _band.InputBlocks : count * _split.Count;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        Span<float> turned = _context.Shared.Span;
        if (phase == 0)
        {
            foreach (Product product in _products)
                Turn(product, task, turned.Slice(product.FirstWeight + task * WeightBlock(product.Pixels), WeightBlock(product.Pixels)));
            return;
        }
        (int n, TaskPart part) = _split.At(task, count);
        bool adds = _op.Targets[0] == GradientTarget.Add;
        fixed (float* weights = turned)
            foreach (Product product in _products)
            {
                PixelClass pixels = product.Pixels;
                int end = Math.Min(part.FirstRow + part.Rows, pixels.Rows), pitch = _window.StrideHeight * _input.Pitch;
                if (part.FirstRow >= end || adds && product.Taps.Length == 0)
                    continue;
                float* gradient = _input.SampleGradient(n) + (_band.FirstInput + part.FirstBlock) * _input.Plane
                    + pixels.Row * _input.Pitch + pixels.Column * Block + part.FirstRow * pitch;
                if (product.Taps.Length == 0)
                {
                    Clear(gradient, part.Blocks, end - part.FirstRow, pitch, pixels.Columns);
                    continue;
                }
                int weightBlock = WeightBlock(pixels);
                fixed (int* taps = product.Taps)
                    BlockedCorrelation.Run(new BlockedCorrelation.Operands
                    {
                        Input = _output.SampleGradient(n) + _band.FirstOutput * _output.Plane + part.FirstRow * _output.Pitch,
                        InputTaps = taps,
                        Taps = product.Taps.Length,
                        Inner = Block,
                        InputStep = Block,
                        InputPitch = _output.Pitch,
                        Weights = weights + product.FirstWeight + part.FirstBlock * weightBlock,
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

    /// <summary>Packs one of the band's blocks of inputs for a class of pixels.</summary>
    private void Turn(Product product, int block, Span<float> turned)
    {
        if (_band.Layer.Groups > 1)
            GroupedWeights.PackTurned(_weights.Value.Values, _band, _band.FirstInput + block, product.Pixels.Cells, turned);
        else
            BlockedWeights.PackTurned(_weights.Value.Values, block, _output.Channels, _input.Channels, product.Pixels.Cells, _window.KernelArea, turned);
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
