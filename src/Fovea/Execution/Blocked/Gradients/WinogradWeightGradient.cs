using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>
/// The gradient of the weights of a 3 × 3 convolution of stride 1 by Winograd's transform. Chunks of tiles follow one
/// another; threads share a chunk: first they transform it block by block, then they multiply it position by position.
/// </summary>
internal sealed class WinogradWeightGradient : GradientPart
{
    /// <summary>Floats of a chunk's transformed inputs and gradients: they stay in the last-level cache.</summary>
    private const int ChunkFloats = 1 << 21;

    private const int Group = 7;

    private readonly BlockedContext _context;
    private readonly BlockedMap _input;
    private readonly BlockedMap _output;
    private readonly Window _window;
    private readonly Parameter _weights;
    private readonly int _chunk;

    public WinogradWeightGradient(BlockedContext context, BlockedMap input, BlockedMap output, Window window, Parameter weights)
    {
        _context = context;
        _input = input;
        _output = output;
        _window = window;
        _weights = weights;
        WinogradSize size = SizeFor(context.Batch);
        int fits = ChunkFloats / (size.Positions * (input.Blocks + output.Blocks) * BlockedCorrelation.Block);
        int chunks = Math.Max(1, size.Tiles / Math.Max(Group, fits));
        _chunk = ((size.Tiles + chunks - 1) / chunks + Group - 1) / Group * Group;
    }

    /// <summary>The transformed weights' gradient, and a chunk's inputs and gradients.</summary>
    public override int SharedLength
    {
        get
        {
            WinogradSize size = SizeFor(_context.Batch);
            return checked(size.WeightLength + size.TransformedLength(_input.Blocks, _chunk) + size.TransformedLength(_output.Blocks, _chunk));
        }
    }

    private int Chunks(int count) => (SizeFor(count).Tiles + _chunk - 1) / _chunk;

    public override int Phases => 2 * Chunks(_context.Batch) + 1;

    public override void WantHalos() => _input.WantHalo(BlockedTaps.Halo(_window));

    public override int Tasks(int phase, int count) =>
        phase == Phases - 1 ? _output.Blocks
        : phase / 2 >= Chunks(count) ? 0
        : phase % 2 == 0 ? _input.Blocks + _output.Blocks
        : SizeFor(count).Positions;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        WinogradSize size = SizeFor(count);
        fixed (float* shared = _context.Shared.Span, gradient = _context.Gradient(_weights))
        {
            if (phase == Phases - 1)
            {
                int row = _input.Channels * _window.KernelArea, first = task * BlockedCorrelation.Block * row;
                _context.Gradient(_weights).Slice(first, Math.Min(_output.Channels * row - first, BlockedCorrelation.Block * row)).Clear();
                WinogradWeights.AddGradient(
                    new WinogradWeights.Operands { Size = size, Weights = gradient, OutChannels = _output.Channels, InChannels = _input.Channels, Packed = shared },
                    task, task + 1);
                return;
            }
            int tile = phase / 2 * _chunk;
            float* inputs = shared + size.WeightLength;
            var chunk = new WinogradChunk
            {
                First = tile,
                Tiles = Math.Min(_chunk, size.Tiles - tile),
                Inputs = inputs,
                Outputs = inputs + size.TransformedLength(_input.Blocks, _chunk),
                Blocks = size.OutputBlocks,
            };
            var operands = new WinogradCorrelation.Operands
            {
                Size = size,
                Input = _input.Sample(0) - _window.PadTop * _input.Pitch - _window.PadLeft * _input.Inner,
                InputSample = _input.SampleLength,
                InputBlock = _input.Plane,
                InputPitch = _input.Pitch,
                InputHeight = _input.Height + _window.PadTop + _input.Halo,
                InputWidth = _input.Width + _window.PadLeft + _input.Halo,
                Weights = shared,
                Output = _output.SampleGradient(0),
                OutputSample = _output.SampleLength,
                OutputBlock = _output.Plane,
                OutputPitch = _output.Pitch,
            };
            if (phase % 2 == 1)
                WinogradGradient.Multiply(operands, chunk, task, task + 1, 0, size.OutputBlocks, clear: tile == 0);
            else if (task < _input.Blocks)
                WinogradCorrelation.TransformInputs(operands, chunk, 0, chunk.Tiles, task, task + 1);
            else
                WinogradGradient.TransformGradients(operands, chunk, 0, chunk.Tiles, task - _input.Blocks, task - _input.Blocks + 1);
        }
    }

    private WinogradSize SizeFor(int count) => new(4, count, _output.Height, _output.Width, _input.Blocks, _output.Blocks);
}
