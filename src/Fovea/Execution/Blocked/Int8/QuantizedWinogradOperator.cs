using Fovea.Execution.Graph;
using Fovea.Kernels.Quantized;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Int8;

/// <summary>
/// Runs a 3 × 3 <see cref="Conv2d"/> of stride 1 by Winograd's transform. Where the weights leave the second-level cache room, a
/// task takes a chunk of tiles through all steps; elsewhere all threads share each step, so that each reads some of the
/// weights once.
/// </summary>
internal sealed class QuantizedWinogradOperator : BlockedOperator
{
    private const int Block = QuantizedCorrelation.Block;
    private const int ChunkTiles = 14;
    private const int MaxChunkWeights = 1 << 18;
    private const int Parts = 8;
    private const int MinArea = 128;

    /// <summary>Transformed weights are four times as many, and twice as large each: more than these would come from memory again and again.</summary>
    private const int MaxWeights = 1 << 20;

    private readonly int _inputs;
    private readonly int _outputs;
    private readonly bool _chunks;
    private readonly AlignedBuffer _scale;
    private readonly AlignedBuffer _bias;
    private readonly int[] _pairs;
    private QuantizedWinogradWeights _weights = null!;

    public QuantizedWinogradOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output) : base(context, group, nodes, inputs, output)
    {
        (_inputs, _outputs) = (Input.Shape.Channels, Output.Shape.Channels);
        _chunks = QuantizedWinogradWeights.Length(_outputs, _inputs) <= MaxChunkWeights;
        _scale = new AlignedBuffer(QuantizedWinograd.Positions * Output.Blocks * Block);
        _bias = new AlignedBuffer(Output.Blocks * Block);
        _pairs = [.. Enumerable.Range(0, Input.Blocks * Block / 2).Select(pair => pair * 2 * sizeof(short))];
    }

    /// <summary>Whether the layer is one that this operator runs, and gains by it here.</summary>
    public static bool Suits(Layer layer, Shape input) =>
        layer is Conv2d { KernelSize: { Height: 3, Width: 3 }, Stride: { Height: 1, Width: 1 }, Dilation: { Height: 1, Width: 1 }, Groups: 1, Connections: null } conv
        && conv.WindowFor(input) is { PadTop: 1, PadLeft: 1, PadBottom: 1, PadRight: 1 }
        && conv.InChannels >= 2 * Block && conv.OutChannels >= 2 * Block && input.Height * input.Width >= MinArea
        && QuantizedWinogradWeights.Length(conv.OutChannels, conv.InChannels) <= MaxWeights && QuantizedWinograd.IsSupported;

    /// <summary>The frame around the input: whole tiles are read, so it is wider where the last tiles overhang the map.</summary>
    public static int Halo(Shape input) => 1 + Math.Max(Overhang(input.Height), Overhang(input.Width));

    private static int Overhang(int pixels) => (pixels + QuantizedWinograd.Tile - 1) / QuantizedWinograd.Tile * QuantizedWinograd.Tile - pixels;

    public override string Algorithm => AlgorithmNames.Int8Winograd;

    /// <summary>What is added.</summary>
    private BlockedMap? Residual => Group.Residual is null ? null : Inputs[^1];

    private int TileRows => (Output.Height + QuantizedWinograd.Tile - 1) / QuantizedWinograd.Tile;

    private int TileColumns => (Output.Width + QuantizedWinograd.Tile - 1) / QuantizedWinograd.Tile;

    private int Tiles => TileRows * TileColumns;

    private int Chunks => (Tiles + ChunkTiles - 1) / ChunkTiles;

    public override int PackTasks => 1;

    public override void Pack(int task)
    {
        Node node = Nodes[0];
        _weights = QuantizedWinogradWeights.Pack(node.Parameters[0].Value.Values, _outputs, _inputs);
        double step = Output.Range.Scale, zero = Output.Range.ZeroPoint;
        if (Residual is { } residual)
            zero -= residual.Range.ZeroPoint * residual.Range.Scale / step;
        Span<float> scale = _scale.Span;
        for (int i = 0; i < scale.Length; i++)
            scale[i] = (float)(_weights.Steps.Span[i] * (double)Input.Range.Scale / step);
        for (int o = 0; o < _outputs; o++)
            _bias.Span[o] = (float)((node.Parameters.Count > 1 ? node.Parameters[1].Value.Values[o] / step : 0) + zero);
    }

    public override int ForwardPhases => _chunks ? 1 : 3 * Context.Batch;

    public override int ScratchLength => _chunks ? RoomFor(ChunkTiles) : 0;

    public override int SharedLength => _chunks ? 0 : RoomFor(Tiles);

    public override int ForwardTasks(int phase, int count) => _chunks ? count * Chunks
        : phase / 3 >= count ? 0
        : phase % 3 == 1 ? QuantizedWinograd.Positions : Parts;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        int n = _chunks ? task / Chunks : phase / 3, most = _chunks ? ChunkTiles : Tiles;
        int first = _chunks ? task % Chunks * ChunkTiles : 0;
        (float lower, float upper) = Output.ClampOf(Group);
        BlockedMap? residual = Residual;
        fixed (float* room = _chunks ? Context.Scratch[worker].Span : Context.Shared.Span)
        fixed (short* weights = _weights.Packed)
        fixed (int* pairs = _pairs)
        fixed (float* scale = _scale.Span, bias = _bias.Span)
        {
            var operands = new QuantizedWinograd.Operands
            {
                Input = Input.Bytes(n) - Input.Pitch - Input.Inner,
                InputBlock = Input.Plane,
                InputPitch = Input.Pitch,
                InputBlocks = Input.Blocks,
                ZeroPoint = (short)Input.Range.ZeroPoint,
                TileColumns = TileColumns,
                FirstTile = first,
                Tiles = _chunks ? Math.Min(ChunkTiles, Tiles - first) : Tiles,
                Transformed = (short*)room,
                Weights = weights,
                Products = (int*)room + TransformedLength(most),
                Pairs = pairs,
                Scale = scale,
                Bias = bias,
                Output = Output.Bytes(n),
                OutputBlock = Output.Plane,
                OutputPitch = Output.Pitch,
                OutputBlocks = Output.Blocks,
                OutputHeight = Output.Height,
                OutputWidth = Output.Width,
                Residual = residual is null ? null : residual.Bytes(n),
                ResidualBlock = residual?.Plane ?? 0,
                ResidualPitch = residual?.Pitch ?? 0,
                ResidualScale = residual is null ? 0 : (float)((double)residual.Range.Scale / Output.Range.Scale),
                Lower = lower,
                Upper = upper,
            };
            if (_chunks || phase % 3 == 0)
                QuantizedWinograd.TransformInputs(operands, _chunks ? 0 : Input.Blocks * task / Parts, _chunks ? Input.Blocks : Input.Blocks * (task + 1) / Parts);
            if (_chunks || phase % 3 == 1)
                QuantizedWinograd.Multiply(operands, _chunks ? 0 : task, _chunks ? QuantizedWinograd.Positions : task + 1);
            if (_chunks || phase % 3 == 2)
                QuantizedWinograd.TransformOutputs(operands, _chunks ? 0 : Output.Blocks * task / Parts, _chunks ? Output.Blocks : Output.Blocks * (task + 1) / Parts);
        }
    }

    /// <summary>Floats as long as the transformed tiles, of 16 bits.</summary>
    private int TransformedLength(int tiles) => checked(QuantizedWinograd.Positions * tiles * Input.Blocks * Block / 2);

    private int RoomFor(int tiles) => checked(TransformedLength(tiles) + QuantizedWinograd.Positions * tiles * Output.Blocks * Block);
}
