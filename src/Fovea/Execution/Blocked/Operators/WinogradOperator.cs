using System.Numerics.Tensors;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs a 3 × 3 <see cref="Conv2d"/> of stride 1 by Winograd's transform. Where the weights are small, a task takes a
/// chunk of tiles through all steps while it is in its core's cache. Where they are large, they should meet as many tiles
/// as there are at once: all threads share each of the three steps.
/// </summary>
internal sealed class WinogradOperator : BlockedOperator
{
    /// <summary>Tiles of a task's chunk. Few, so that weights and chunk fit into the second-level cache together.</summary>
    private const int ChunkTiles = 14;

    /// <summary>Chunks that there must be, for every thread to have its share.</summary>
    private const int LeastChunks = 8;

    /// <summary>Floats of weights that every chunk may read anew.</summary>
    private const int MostChunkWeights = 1 << 20;

    /// <summary>Floats of transformed tiles that all threads share at a time, and tiles that weights should meet at least.</summary>
    private const int SharedFloats = 1 << 22;
    private const int LeastSharedTiles = 56;

    private const int Parts = 16;

    private readonly Conv2d _layer;
    private readonly Epilogue _epilogue;
    private readonly Window _window;
    private readonly WinogradSize _size;

    /// <summary>Empty in training, where weights are packed in every step and lie in what all operators share.</summary>
    private readonly AlignedBuffer _weights;
    private readonly AlignedBuffer _bias;
    private readonly int _sharedTiles;

    public WinogradOperator(BlockedContext context, Node[] nodes, BlockedMap[] inputs, BlockedMap output, Epilogue epilogue, int tile) : base(context, nodes, inputs, output)
    {
        _layer = (Conv2d)nodes[0].Layer;
        _epilogue = epilogue;
        _window = _layer.WindowFor(Input.Shape);
        _size = new WinogradSize(tile, context.Batch, Output.Height, Output.Width, Input.Blocks, Output.Blocks);
        _weights = new AlignedBuffer(context.Training ? 0 : _size.WeightLength);
        _bias = new AlignedBuffer(Output.Blocks * BlockedCorrelation.Block);
        int tileLength = _size.Positions * (Input.Blocks + Output.Blocks) * BlockedCorrelation.Block;
        _sharedTiles = Math.Min(WinogradChunk.RoomFor(_size.Tiles), Math.Max(LeastSharedTiles, SharedFloats / tileLength / 7 * 7));
        if (_size.WeightLength <= MostChunkWeights)
            _sharedTiles = Math.Min(_sharedTiles, LeastChunks * ChunkTiles);
    }

    public override string Algorithm => $"Winograd {_size.Tile}×{_size.Tile}";

    public override int ScratchLength => _size.TransformedLength(Input.Blocks, ChunkTiles) + _size.TransformedLength(Output.Blocks, ChunkTiles);

    public override int SharedLength => SharedTilesLength + (Context.Training ? _size.WeightLength : 0);

    private int SharedTilesLength => _size.TransformedLength(Input.Blocks, _sharedTiles) + _size.TransformedLength(Output.Blocks, _sharedTiles);

    private Span<float> Weights => Context.Training ? Context.Shared.Span.Slice(SharedTilesLength, _size.WeightLength) : _weights.Span;

    public override void WantHalos() => Input.WantHalo(BlockedTaps.Halo(_window));

    public override int PackTasks => Output.Blocks;

    public override unsafe void Pack(int task)
    {
        const int block = BlockedCorrelation.Block;
        ReadOnlySpan<float> weights = Nodes[0].Parameters[0].Value.Span;
        int first = task * block, count = Math.Min(block, _layer.OutChannels - first), row = weights.Length / _layer.OutChannels;
        ReadOnlySpan<float> rows = weights.Slice(first * row, count * row);
        float[] scaled = _epilogue.Normalization is null ? [] : rows.ToArray();
        Span<float> bias = _bias.Span.Slice(first, count);
        for (int i = 0; i < count; i++)
        {
            (float scale, float shift) = _epilogue.Fold(first + i);
            bias[i] = shift + (_layer.Bias ? Nodes[0].Parameters[1].Value.Span[first + i] * scale : 0);
            if (scaled.Length > 0)
                TensorPrimitives.Multiply(scaled.AsSpan(i * row, row), scale, scaled.AsSpan(i * row, row));
        }
        fixed (float* source = scaled.Length > 0 ? scaled : rows, packed = Weights)
            WinogradWeights.Pack(
                new WinogradWeights.Operands
                {
                    Size = _size,
                    Weights = source - (nint)first * row,
                    OutChannels = _layer.OutChannels,
                    InChannels = _layer.InChannels,
                    Packed = packed,
                },
                task, task + 1);
    }

    public override int ForwardPhases => 3 * Groups(Context.Batch);

    public override int ForwardTasks(int phase, int count) =>
        !IsShared(count) ? (phase == 0 ? Chunks(count) : 0)
        : phase / 3 >= Groups(count) ? 0
        : phase % 3 == 1 ? _size.Positions : Parts;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        WinogradSize size = _size with { Samples = count };
        BlockedMap? residual = _epilogue.Residual;
        fixed (float* weights = Weights, bias = _bias.Span, shared = Context.Shared.Span, scratch = Scratch(worker))
        {
            var operands = new WinogradCorrelation.Operands
            {
                Size = size,
                Input = Input.Sample(0) - _window.PadTop * Input.Pitch - _window.PadLeft * Input.Inner,
                InputSample = Input.SampleLength,
                InputBlock = Input.Plane,
                InputPitch = Input.Pitch,
                InputHeight = Input.Height + _window.PadTop + Input.Halo,
                InputWidth = Input.Width + _window.PadLeft + Input.Halo,
                Weights = weights,
                Output = Output.Sample(0),
                OutputSample = Output.SampleLength,
                OutputBlock = Output.Plane,
                OutputPitch = Output.Pitch,
                Bias = bias,
                Residual = residual is null ? null : residual.Sample(0),
                ResidualSample = residual?.SampleLength ?? 0,
                ResidualBlock = residual?.Plane ?? 0,
                ResidualPitch = residual?.Pitch ?? 0,
                Lower = _epilogue.Lower,
                Upper = _epilogue.Upper,
            };
            bool isShared = IsShared(count);
            int most = isShared ? _sharedTiles : ChunkTiles, first = (isShared ? phase / 3 : task) * most;
            var chunk = new WinogradChunk
            {
                First = first,
                Tiles = Math.Min(most, size.Tiles - first),
                Inputs = isShared ? shared : scratch,
                Outputs = (isShared ? shared : scratch) + size.TransformedLength(Input.Blocks, most),
                Blocks = size.OutputBlocks,
            };
            if (!isShared)
                WinogradCorrelation.Run(operands, chunk);
            else if (phase % 3 == 1)
                WinogradCorrelation.Multiply(operands, chunk, task, task + 1, 0, size.OutputBlocks);
            else
            {
                // Few blocks are divided by tiles as well, so that every thread has its share.
                int blocks = phase % 3 == 0 ? size.InputBlocks : size.OutputBlocks, sections = Math.Max(1, Parts / blocks), groups = Parts / sections;
                int firstTile = chunk.Tiles * (task % sections) / sections, endTile = chunk.Tiles * (task % sections + 1) / sections;
                int firstBlock = blocks * (task / sections) / groups, endBlock = blocks * (task / sections + 1) / groups;
                if (task / sections >= groups)
                    return;
                if (phase % 3 == 0)
                    WinogradCorrelation.TransformInputs(operands, chunk, firstTile, endTile, firstBlock, endBlock);
                else
                    WinogradCorrelation.TransformOutputs(operands, chunk, firstTile, endTile, firstBlock, endBlock);
            }
        }
    }

    private int Chunks(int count) => (count * _size.TilesPerSample + ChunkTiles - 1) / ChunkTiles;

    private int Groups(int count) => (count * _size.TilesPerSample + _sharedTiles - 1) / _sharedTiles;

    /// <summary>Whether there are too few chunks for every thread to have some of its own, or each would need all of large weights.</summary>
    private bool IsShared(int count) => _size.WeightLength > MostChunkWeights || Chunks(count) < LeastChunks;
}
