using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>
/// The gradient of a convolution's weights, directly. A task sums over all samples for 32 outputs and some of the taps,
/// so that no sum is shared.
/// </summary>
internal sealed class WeightGradient : GradientPart
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Taps that share one way through the outputs' gradients, at least; more leave the first cache.</summary>
    private const int LeastTaps = 8;

    private const int LeastTasks = 16;

    private readonly BlockedContext _context;
    private readonly BlockedMap _input;
    private readonly BlockedMap _output;
    private readonly Window _window;
    private readonly Parameter _weights;
    private BlockedTaps _taps = null!;
    private readonly int _tapsATask;

    public WeightGradient(BlockedContext context, BlockedMap input, BlockedMap output, Window window, Parameter weights)
    {
        _context = context;
        _input = input;
        _output = output;
        _window = window;
        _weights = weights;
        // Known before frames are: how many taps there are and how wide they lie.
        BlockedTaps taps = BlockedTaps.Forward(window, input);
        int count = taps.Offsets.Length, cells = input.Blocks > 1 ? window.KernelArea : 1;
        int groups = Math.Max(1, LeastTasks / Pairs);
        _tapsATask = Math.Clamp((count / groups + cells - 1) / cells * cells, cells, Math.Max(cells, (LeastTaps + cells - 1) / cells * cells));
        ScratchLength = 2 * _tapsATask * taps.Inner * Block;
    }

    public override int ScratchLength { get; }

    private int Pairs => (_output.Blocks + 1) / 2;

    private int Groups => (_taps.Offsets.Length + _tapsATask - 1) / _tapsATask;

    public override void WantHalos() => _input.WantHalo(BlockedTaps.Halo(_window));

    public override void Bind() => _taps = BlockedTaps.Forward(_window, _input);

    public override int Tasks(int phase, int count) => Pairs * Groups;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        int pair = task / Groups, tap = task % Groups * _tapsATask, taps = Math.Min(_tapsATask, _taps.Offsets.Length - tap);
        int blocks = Math.Min(2, _output.Blocks - 2 * pair), weightBlock = taps * _taps.Inner * Block;
        Span<float> sums = _context.Scratch[worker].Span[..(blocks * weightBlock)];
        sums.Clear();
        fixed (float* weightGradient = sums)
        fixed (int* offsets = _taps.Offsets)
            for (int n = 0; n < count; n++)
                BlockedCorrelationGradient.Run(new BlockedCorrelationGradient.Operands
                {
                    OutputGradient = _output.SampleGradient(n) + 2 * pair * _output.Plane,
                    GradientBlock = _output.Plane,
                    GradientStep = Block,
                    GradientPitch = _output.Pitch,
                    Input = _input.Sample(n),
                    InputTaps = offsets + tap,
                    Taps = taps,
                    Inner = _taps.Inner,
                    InputStep = _input.Inner * _window.StrideWidth,
                    InputPitch = _input.Pitch * _window.StrideHeight,
                    WeightGradient = weightGradient,
                    WeightBlock = weightBlock,
                    Blocks = blocks,
                    Height = _output.Height,
                    Width = _output.Width,
                });
        Span<float> gradient = _context.Gradient(_weights);
        for (int b = 0; b < blocks; b++)
            BlockedWeights.Unpack(
                sums.Slice(b * weightBlock, weightBlock), tap * _taps.Inner, taps * _taps.Inner, 2 * pair + b,
                _output.Channels, _input.Channels, _input.Inner, _window.KernelArea, gradient);
    }
}
