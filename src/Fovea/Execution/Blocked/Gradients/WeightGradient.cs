using System.Numerics.Tensors;
using Fovea.Execution.Workers;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>
/// The gradient of a convolution's weights, directly. A task sums over all samples for 32 outputs and the taps of some
/// inputs. Where that makes too few tasks, it sums over some samples, and the sums are joined in the samples' order.
/// </summary>
internal sealed class WeightGradient : PhasedWork
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Taps that share one way through the outputs' gradients.</summary>
    private const int MinTaps = 8;

    /// <summary>Fewer tasks than this do not keep several threads busy.</summary>
    private const int MinTasks = 16;

    private readonly BlockedContext _context;
    private readonly BlockedMap _input;
    private readonly BlockedMap _output;
    private readonly Window _window;
    private readonly Parameter _weights;
    private readonly ChannelBand _band;
    private readonly int[] _offsets;
    private readonly int _taps;
    private readonly int _inner;
    private readonly int _tapsATask;
    private readonly int _sampleGroups;

    /// <param name="context">How the plan is to run.</param>
    /// <param name="op">The convolution's operator.</param>
    /// <param name="window">Its geometry.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="band">The outputs whose weights are meant, and the inputs that they read.</param>
    public WeightGradient(BlockedContext context, BlockedOperator op, Window window, Parameter weights, ChannelBand band)
    {
        _context = context;
        _input = op.Inputs[0];
        _output = op.Output;
        _window = window;
        _weights = weights;
        _band = band;
        BlockedTaps taps = BlockedTaps.Forward(window, _input, band.InputBlocks);
        (_offsets, _taps, _inner) = (taps.Offsets, taps.Offsets.Length, taps.Inner);
        int cells = _taps / band.InputBlocks;
        _tapsATask = Math.Min(_taps, (MinTaps + cells - 1) / cells * cells);
        _sampleGroups = Math.Clamp((MinTasks + Parts - 1) / Parts, 1, context.Batch);
    }

    public override int Phases => _sampleGroups == 1 ? 1 : 2;

    /// <summary>A task's sums: (2 output blocks, its taps, inner, 16).</summary>
    public override int ScratchLength => _sampleGroups == 1 ? 2 * _tapsATask * _inner * Block : 0;

    /// <summary>(sample groups, output blocks, taps, inner, 16).</summary>
    public override int SharedLength => _sampleGroups == 1 ? 0 : checked(_sampleGroups * _band.OutputBlocks * BlockLength);

    private int BlockLength => _taps * _inner * Block;

    private int Pairs => (_band.OutputBlocks + 1) / 2;

    private int TapGroups => (_taps + _tapsATask - 1) / _tapsATask;

    private int Parts => Pairs * TapGroups;

    public override int Tasks(int phase, int count) => phase == 0 ? _sampleGroups * Parts : Parts;

    public override void Run(int phase, int task, int count, int worker)
    {
        int pair = task % Parts / TapGroups, tap = task % TapGroups * _tapsATask, taps = Math.Min(_tapsATask, _taps - tap);
        int blocks = Math.Min(2, _band.OutputBlocks - 2 * pair);
        if (_sampleGroups == 1)
        {
            int length = taps * _inner * Block;
            Span<float> sums = _context.Scratch[worker].Span;
            Sum(0, count, pair, blocks, tap, taps, sums, length);
            for (int b = 0; b < blocks; b++)
                Unpack(sums.Slice(b * length, length), 2 * pair + b, tap);
        }
        else if (phase == 0)
        {
            int group = task / Parts;
            Sum(count * group / _sampleGroups, count * (group + 1) / _sampleGroups, pair, blocks, tap, taps, Shared(group, 2 * pair, tap), BlockLength);
        }
        else
            for (int b = 2 * pair; b < 2 * pair + blocks; b++)
                Join(b, tap, taps);
    }

    /// <summary>Where a group of samples' sums for one block of outputs begin, from a tap on.</summary>
    private Span<float> Shared(int group, int block, int tap) =>
        _context.Shared.Span[((group * _band.OutputBlocks + block) * BlockLength + tap * _inner * Block)..];

    /// <summary>Sums over some samples, the blocks' sums <paramref name="distance"/> floats apart.</summary>
    private unsafe void Sum(int first, int end, int pair, int blocks, int tap, int taps, Span<float> sums, int distance)
    {
        for (int b = 0; b < blocks; b++)
            sums.Slice(b * distance, taps * _inner * Block).Clear();
        if (first == end)
            return;
        fixed (float* weightGradient = sums)
        fixed (int* offsets = _offsets)
            BlockedCorrelationGradient.Run(new BlockedCorrelationGradient.Operands
            {
                OutputGradient = _output.SampleGradient(first) + (_band.FirstOutput + 2 * pair) * _output.Plane,
                GradientBlock = _output.Plane,
                GradientStep = Block,
                GradientPitch = _output.Pitch,
                Input = _input.Sample(first) + _band.FirstInput * _input.Plane,
                InputTaps = offsets + tap,
                Taps = taps,
                Inner = _inner,
                InputStep = _input.Inner * _window.StrideWidth,
                InputPitch = _input.Pitch * _window.StrideHeight,
                WeightGradient = weightGradient,
                WeightBlock = distance,
                Blocks = blocks,
                Height = _output.Height,
                Width = _output.Width,
                Samples = end - first,
                GradientSample = _output.SampleLength,
                InputSample = _input.SampleLength,
            });
    }

    private void Join(int block, int tap, int taps)
    {
        int length = taps * _inner * Block;
        Span<float> sums = Shared(0, block, tap)[..length];
        for (int group = 1; group < _sampleGroups; group++)
            TensorPrimitives.Add(sums, Shared(group, block, tap)[..length], sums);
        Unpack(sums, block, tap);
    }

    private void Unpack(ReadOnlySpan<float> sums, int block, int tap)
    {
        int first = tap * _inner / _window.KernelArea;
        if (_band.Layer.Groups > 1)
            GroupedWeights.Unpack(sums, first, _band, _band.FirstOutput + block, _input.Inner, _context.Gradient(_weights));
        else
            BlockedWeights.Unpack(sums, first, block, _output.Channels, _input.Channels, _input.Inner, _window.KernelArea, _context.Gradient(_weights));
    }
}
