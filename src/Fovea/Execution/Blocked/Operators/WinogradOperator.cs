using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs a 3 × 3 <see cref="Conv2d"/> of stride 1 by Winograd's transform. With many tiles a task takes a chunk of them
/// through all steps while it is in the cache; with few, all threads share each of the three steps.
/// </summary>
internal sealed class WinogradOperator : BlockedOperator
{
    /// <summary>Floats of a chunk's transformed inputs and products: about what the second-level cache holds.</summary>
    private const int ChunkFloats = 1 << 18;

    private const int MostTiles = 112;
    private const int LeastChunks = 8;
    private const int Parts = 12;

    private readonly Conv2d _layer;
    private readonly Epilogue _epilogue;
    private readonly Window _window;
    private readonly WinogradSize _size;
    private readonly AlignedBuffer _weights;
    private readonly AlignedBuffer _bias;
    private readonly int _chunkTiles;
    private readonly AlignedBuffer _transformed;
    private readonly AlignedBuffer _products;

    public WinogradOperator(BlockedContext context, Node[] nodes, BlockedMap[] inputs, BlockedMap output, Epilogue epilogue) : base(context, nodes, inputs, output)
    {
        _layer = (Conv2d)nodes[0].Layer;
        _epilogue = epilogue;
        _window = _layer.WindowFor(Input.Shape);
        _size = SizeFor(context.Batch);
        _weights = new AlignedBuffer(_size.WeightLength);
        _bias = new AlignedBuffer(Output.Blocks * BlockedCorrelation.Block);
        _chunkTiles = Math.Clamp(ChunkFloats / (_size.Positions * (Input.Blocks + Output.Blocks) * BlockedCorrelation.Block) / 7 * 7, 14, MostTiles);
        bool shared = IsShared(context.Batch) || IsShared(1);
        int tiles = WinogradChunk.RoomFor(Math.Min(_size.Tiles, _chunkTiles * LeastChunks));
        _transformed = new AlignedBuffer(shared ? _size.TransformedLength(Input.Blocks, tiles) : 0);
        _products = new AlignedBuffer(shared ? _size.TransformedLength(Output.Blocks, tiles) : 0);
    }

    /// <summary>Whether the layer is one that this operator runs, and gains by it.</summary>
    public static bool Suits(Conv2d layer, BlockedMap input) =>
        layer is { KernelSize: { Height: 3, Width: 3 }, Stride: { Height: 1, Width: 1 }, Dilation: { Height: 1, Width: 1 }, Groups: 1, Connections: null }
        && layer.InChannels >= 2 * BlockedCorrelation.Block && layer.OutChannels >= 2 * BlockedCorrelation.Block
        && input.Height * input.Width > 49 && input.Inner == BlockedCorrelation.Block;

    public override string Algorithm => $"Winograd {_size.Tile}×{_size.Tile}";

    public override int ScratchLength => _size.TransformedLength(Input.Blocks, _chunkTiles) + _size.TransformedLength(Output.Blocks, _chunkTiles);

    public override void WantHalos() => Input.WantHalo(BlockedTaps.Halo(_window));

    public override unsafe void Pack()
    {
        float[] weights = Nodes[0].Parameters[0].Value.Span.ToArray();
        int row = weights.Length / _layer.OutChannels;
        Span<float> bias = _bias.Span;
        for (int oc = 0; oc < _layer.OutChannels; oc++)
        {
            (float scale, float shift) = _epilogue.Fold(oc);
            bias[oc] = shift + (_layer.Bias ? Nodes[0].Parameters[1].Value.Span[oc] * scale : 0);
            System.Numerics.Tensors.TensorPrimitives.Multiply(weights.AsSpan(oc * row, row), scale, weights.AsSpan(oc * row, row));
        }
        fixed (float* source = weights, packed = _weights.Span)
            WinogradWeights.Pack(
                new WinogradWeights.Operands { Size = _size, Weights = source, OutChannels = _layer.OutChannels, InChannels = _layer.InChannels, Packed = packed },
                0, _size.OutputBlocks);
    }

    public override int ForwardPhases => 3;

    public override int ForwardTasks(int phase, int count) =>
        IsShared(count) ? (phase == 1 ? _size.Positions : Parts) : phase == 0 ? Chunks(count) : 0;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        WinogradSize size = SizeFor(count);
        BlockedMap? residual = _epilogue.Residual;
        fixed (float* weights = _weights.Span, bias = _bias.Span, transformed = _transformed.Span, products = _products.Span, scratch = Scratch(worker))
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
            if (!IsShared(count))
            {
                int first = task * _chunkTiles;
                WinogradCorrelation.Run(operands, new WinogradChunk
                {
                    First = first,
                    Tiles = Math.Min(_chunkTiles, size.Tiles - first),
                    Inputs = scratch,
                    Outputs = scratch + _size.TransformedLength(Input.Blocks, _chunkTiles),
                    Blocks = size.OutputBlocks,
                });
                return;
            }
            var all = new WinogradChunk { Tiles = size.Tiles, Inputs = transformed, Outputs = products, Blocks = size.OutputBlocks };
            if (phase == 0)
                WinogradCorrelation.TransformInputs(operands, all, 0, size.Tiles, size.InputBlocks * task / Parts, size.InputBlocks * (task + 1) / Parts);
            else if (phase == 1)
                WinogradCorrelation.Multiply(operands, all, task, task + 1, 0, size.OutputBlocks);
            else
                WinogradCorrelation.TransformOutputs(operands, all, 0, size.Tiles, size.OutputBlocks * task / Parts, size.OutputBlocks * (task + 1) / Parts);
        }
    }

    private WinogradSize SizeFor(int count) => new(4, count, Output.Height, Output.Width, Input.Blocks, Output.Blocks);

    private int Chunks(int count) => (SizeFor(count).Tiles + _chunkTiles - 1) / _chunkTiles;

    /// <summary>Whether there are too few chunks for every thread to have some of its own.</summary>
    private bool IsShared(int count) => Chunks(count) < LeastChunks;
}
