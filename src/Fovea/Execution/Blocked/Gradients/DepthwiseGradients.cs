using System.Numerics.Tensors;
using Fovea.Execution.Graph;
using Fovea.Execution.Workers;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>
/// The gradients of a depthwise convolution's weights and input. Both read the gradient of the output, and there is little
/// to compute, so a task takes one block of one sample through both, some rows at a time, while they are in the cache.
/// Every sample has sums of its own for the weights, which are joined in the samples' order.
/// </summary>
internal sealed class DepthwiseGradients : PhasedWork
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Pixels of a strip of rows: with the pixels they meet, a fraction of a second-level cache, and few enough for single sums.</summary>
    private const int StripPixels = 448;

    private readonly BlockedContext _context;
    private readonly BlockedOperator _op;
    private readonly IDepthwiseWeights _forward;
    private readonly BlockedMap _input;
    private readonly BlockedMap _output;
    private readonly Window _window;
    private readonly Parameter _weights;
    private readonly PixelClass[] _classes;
    private readonly int[] _taps;

    /// <summary>Every class's taps in the map of outputs' gradients.</summary>
    private readonly int[][] _classTaps;

    /// <param name="context">How the plan is to run.</param>
    /// <param name="op">The convolution's operator.</param>
    /// <param name="forward">What ran forward, and has packed the weights.</param>
    /// <param name="window">Its geometry.</param>
    /// <param name="weights">Its weights.</param>
    public DepthwiseGradients(BlockedContext context, BlockedOperator op, IDepthwiseWeights forward, Window window, Parameter weights)
    {
        _context = context;
        _op = op;
        _forward = forward;
        _input = op.Inputs[0];
        _output = op.Output;
        _window = window;
        _weights = weights;
        _classes = op.Targets[0] == GradientTarget.None ? [] : PixelClass.Of(window);
        _taps = BlockedTaps.OfBlock(window, _input.Pitch);
        _classTaps = [.. _classes.Select(pixels => pixels.Taps(_output).ToArray())];
    }

    public override int Phases => _context.WantsGradient(_weights) ? 2 : 1;

    /// <summary>A class's weights.</summary>
    public override int ScratchLength => WeightLength;

    /// <summary>(samples, blocks, cells, 16): every sample's gradients of the weights.</summary>
    public override int SharedLength => _context.WantsGradient(_weights) ? checked(_context.Batch * _output.Blocks * WeightLength) : 0;

    private int WeightLength => checked(_window.KernelArea * Block);

    public override int Tasks(int phase, int count) => phase == 0 ? count * _output.Blocks : _output.Blocks;

    public override void Run(int phase, int task, int count, int worker)
    {
        if (phase == 1)
        {
            Join(task, count);
            return;
        }
        int n = task / _output.Blocks, block = task % _output.Blocks, rows = Math.Max(1, StripPixels / _output.Width);
        Span<float> sums = _context.WantsGradient(_weights) ? Sums(n, block) : [], weights = _context.Scratch[worker].Span[..WeightLength];
        sums.Clear();
        for (int row = 0; row < _output.Height; row += rows)
        {
            int end = Math.Min(row + rows, _output.Height);
            if (!sums.IsEmpty)
                AddWeights(n, block, row, end, sums);
            // The last strip has all rows that are left, more or fewer than the output has.
            for (int i = 0; i < _classes.Length; i++)
                WriteInputs(i, n, block, row, Math.Min(_classes[i].Rows, end == _output.Height ? int.MaxValue : end), weights);
        }
    }

    private Span<float> Sums(int n, int block) => _context.Shared.Span.Slice((n * _output.Blocks + block) * WeightLength, WeightLength);

    /// <summary>What some rows add to the gradient of the weights.</summary>
    private unsafe void AddWeights(int n, int block, int row, int end, Span<float> sums)
    {
        fixed (float* weightGradient = sums)
        fixed (int* taps = _taps)
            DepthwiseGradient.Run(new DepthwiseGradient.Operands
            {
                OutputGradient = _output.SampleGradient(n) + block * _output.Plane + row * _output.Pitch,
                GradientPitch = _output.Pitch,
                Input = _input.Sample(n) + block * _input.Plane + row * _window.StrideHeight * _input.Pitch,
                InputTaps = taps,
                Taps = _taps.Length,
                InputStep = _window.StrideWidth * Block,
                InputPitch = _window.StrideHeight * _input.Pitch,
                WeightGradient = weightGradient,
                Height = end - row,
                Width = _output.Width,
            });
    }

    /// <summary>The gradients of one class of pixels, in some of its rows.</summary>
    private unsafe void WriteInputs(int index, int n, int block, int row, int end, Span<float> weights)
    {
        PixelClass pixels = _classes[index];
        bool adds = _op.Targets[0] == GradientTarget.Add;
        if (row >= end || adds && pixels.Cells.Length == 0)
            return;
        ReadOnlySpan<float> packed = _forward.PackedWeights(block);
        for (int i = 0; i < pixels.Cells.Length; i++)
            packed.Slice(pixels.Cells[i] * Block, Block).CopyTo(weights[(i * Block)..]);
        int pitch = _window.StrideHeight * _input.Pitch;
        float* gradient = _input.SampleGradient(n) + block * _input.Plane + pixels.Row * _input.Pitch + pixels.Column * Block + row * pitch;
        fixed (float* source = weights)
        fixed (int* taps = _classTaps[index])
            Depthwise.Run(new Depthwise.Operands
            {
                Input = _output.SampleGradient(n) + block * _output.Plane + row * _output.Pitch,
                InputTaps = taps,
                Taps = pixels.Cells.Length,
                InputStep = Block,
                InputPitch = _output.Pitch,
                Weights = source,
                Residual = adds ? gradient : null,
                ResidualPitch = pitch,
                Output = gradient,
                OutputStep = _window.StrideWidth * Block,
                OutputPitch = pitch,
                Height = end - row,
                Width = pixels.Columns,
                Lower = float.NegativeInfinity,
                Upper = float.PositiveInfinity,
            });
    }

    /// <summary>One block's sums over the samples, back in PyTorch's order.</summary>
    private void Join(int block, int count)
    {
        Span<float> total = Sums(0, block), gradient = _context.Gradient(_weights);
        for (int n = 1; n < count; n++)
            TensorPrimitives.Add(total, Sums(n, block), total);
        int cells = _window.KernelArea;
        for (int c = block * Block; c < Math.Min((block + 1) * Block, _output.Channels); c++)
            for (int cell = 0; cell < cells; cell++)
                gradient[c * cells + cell] = total[cell * Block + c % Block];
    }
}

/// <summary>Who has packed a depthwise convolution's weights.</summary>
internal interface IDepthwiseWeights
{
    /// <summary>The weights of 16 channels: (kernel cells, 16).</summary>
    ReadOnlySpan<float> PackedWeights(int block);
}
