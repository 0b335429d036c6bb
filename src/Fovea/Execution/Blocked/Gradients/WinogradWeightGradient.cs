using Fovea.Execution.Workers;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>
/// The gradient of the weights of a 3 × 3 convolution of stride 1 by Winograd's transform. Where the transformed weights
/// are small, every group of tiles has sums of its own, and takes chunk after chunk through all steps while it is in the
/// cache. Where they are large, there is one sum, and threads share a chunk: first they transform it block by block, then
/// they multiply it position by position.
/// </summary>
internal sealed class WinogradWeightGradient : PhasedWork
{
    /// <summary>Groups of tiles with sums of their own, and the most floats that all sums may take.</summary>
    private const int MaxGroups = 8;
    private const int MaxSums = 1 << 21;

    /// <summary>Floats of a chunk's transformed inputs and gradients: of one thread's, and of one that all share.</summary>
    private const int OwnFloats = 1 << 17;
    private const int SharedFloats = 1 << 21;

    /// <summary>Tiles that are multiplied at once.</summary>
    private const int Tiles = 7;

    private readonly BlockedContext _context;
    private readonly BlockedMap _input;
    private readonly BlockedMap _output;
    private readonly Window _window;
    private readonly Parameter _weights;
    private readonly int _groups;
    private readonly int _chunk;

    public WinogradWeightGradient(BlockedContext context, BlockedMap input, BlockedMap output, Window window, Parameter weights)
    {
        _context = context;
        _input = input;
        _output = output;
        _window = window;
        _weights = weights;
        WinogradSize size = SizeFor(context.Batch);
        _groups = Math.Min(MaxGroups, MaxSums / size.WeightLength) is var groups && groups >= MaxGroups / 2 ? groups : 1;
        int fits = (_groups > 1 ? OwnFloats : SharedFloats) / (size.Positions * (input.Blocks + output.Blocks) * BlockedCorrelation.Block);
        int tiles = (size.Tiles + _groups - 1) / _groups, chunks = Math.Max(1, tiles / Math.Max(2 * Tiles, fits));
        _chunk = ((tiles + chunks - 1) / chunks + Tiles - 1) / Tiles * Tiles;
    }

    /// <summary>The transformed weights' gradients, and a chunk's inputs and gradients if it is shared.</summary>
    public override int SharedLength => checked(_groups * SizeFor(_context.Batch).WeightLength + (_groups > 1 ? 0 : ChunkLength));

    public override int ScratchLength => _groups > 1 ? ChunkLength : 0;

    private int ChunkLength => SizeFor(_context.Batch) is var size
        ? checked(size.TransformedLength(_input.Blocks, _chunk) + size.TransformedLength(_output.Blocks, _chunk)) : 0;

    public override int Phases => (_groups > 1 ? 1 : 2 * Chunks(_context.Batch)) + 1;

    public override int Tasks(int phase, int count) =>
        phase == Phases - 1 ? _output.Blocks
        : _groups > 1 ? _groups
        : phase / 2 >= Chunks(count) ? 0
        : phase % 2 == 0 ? _input.Blocks + _output.Blocks
        : SizeFor(count).Positions;

    public override void Run(int phase, int task, int count, int worker)
    {
        if (phase == Phases - 1)
            TransformBack(task, count);
        else if (_groups > 1)
            SumGroup(task, count, worker);
        else
            ShareChunk(phase, task, count);
    }

    /// <summary>All that one group of tiles adds.</summary>
    private unsafe void SumGroup(int group, int count, int worker)
    {
        WinogradSize size = SizeFor(count);
        int first = (int)((long)size.Tiles * group / _groups), end = (int)((long)size.Tiles * (group + 1) / _groups);
        fixed (float* sums = _context.Shared.Span[(group * size.WeightLength)..], scratch = _context.Scratch[worker].Span)
        {
            if (first == end)
                new Span<float>(sums, size.WeightLength).Clear();
            WinogradCorrelation.Operands operands = OperandsFor(size, sums);
            for (int tile = first; tile < end; tile += _chunk)
            {
                WinogradChunk chunk = ChunkAt(size, tile, end, scratch);
                WinogradCorrelation.TransformInputs(operands, chunk, 0, chunk.Tiles, 0, size.InputBlocks);
                WinogradGradient.TransformGradients(operands, chunk, 0, chunk.Tiles, 0, size.OutputBlocks);
                WinogradGradient.Multiply(operands, chunk, 0, size.Positions, 0, size.OutputBlocks, clear: tile == first);
            }
        }
    }

    /// <summary>One task of one of the two phases of a chunk.</summary>
    private unsafe void ShareChunk(int phase, int task, int count)
    {
        WinogradSize size = SizeFor(count);
        int tile = phase / 2 * _chunk;
        fixed (float* shared = _context.Shared.Span)
        {
            WinogradCorrelation.Operands operands = OperandsFor(size, shared);
            WinogradChunk chunk = ChunkAt(size, tile, size.Tiles, shared + size.WeightLength);
            if (phase % 2 == 1)
                WinogradGradient.Multiply(operands, chunk, task, task + 1, 0, size.OutputBlocks, clear: tile == 0);
            else if (task < _input.Blocks)
                WinogradCorrelation.TransformInputs(operands, chunk, 0, chunk.Tiles, task, task + 1);
            else
                WinogradGradient.TransformGradients(operands, chunk, 0, chunk.Tiles, task - _input.Blocks, task - _input.Blocks + 1);
        }
    }

    /// <summary>The sums of one block of outputs, back in PyTorch's order, in the groups' order.</summary>
    private unsafe void TransformBack(int block, int count)
    {
        WinogradSize size = SizeFor(count);
        Span<float> gradient = _context.Gradient(_weights);
        int row = _input.Channels * _window.KernelArea, first = block * BlockedCorrelation.Block * row;
        gradient.Slice(first, Math.Min(gradient.Length - first, BlockedCorrelation.Block * row)).Clear();
        fixed (float* shared = _context.Shared.Span, target = gradient)
            for (int group = 0; group < _groups; group++)
                WinogradWeights.AddGradient(
                    new WinogradWeights.Operands
                    {
                        Size = size,
                        Weights = target,
                        OutChannels = _output.Channels,
                        InChannels = _input.Channels,
                        Packed = shared + group * size.WeightLength,
                    },
                    block, block + 1);
    }

    private unsafe WinogradChunk ChunkAt(WinogradSize size, int tile, int end, float* memory) => new()
    {
        First = tile,
        Tiles = Math.Min(_chunk, end - tile),
        Inputs = memory,
        Outputs = memory + size.TransformedLength(_input.Blocks, _chunk),
        Blocks = size.OutputBlocks,
    };

    private unsafe WinogradCorrelation.Operands OperandsFor(WinogradSize size, float* sums) => new()
    {
        Size = size,
        Input = _input.Sample(0) - _window.PadTop * _input.Pitch - _window.PadLeft * _input.Inner,
        InputSample = _input.SampleLength,
        InputBlock = _input.Plane,
        InputPitch = _input.Pitch,
        InputHeight = _input.Height + _window.PadTop + _input.Halo,
        InputWidth = _input.Width + _window.PadLeft + _input.Halo,
        Weights = sums,
        Output = _output.SampleGradient(0),
        OutputSample = _output.SampleLength,
        OutputBlock = _output.Plane,
        OutputPitch = _output.Pitch,
    };

    private int Chunks(int count) => (SizeFor(count).Tiles + _chunk - 1) / _chunk;

    private WinogradSize SizeFor(int count) => new(4, count, _output.Height, _output.Width, _input.Blocks, _output.Blocks);
}
