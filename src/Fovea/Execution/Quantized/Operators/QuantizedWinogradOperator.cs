using Fovea.Execution.Blocked;
using Fovea.Execution.Graph;
using Fovea.Kernels.Quantized;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Quantized.Operators;

/// <summary>
/// Runs a 3 × 3 <see cref="Conv2d"/> of stride 1 by Winograd's transform. Where the weights leave the second-level cache room, a
/// task takes a chunk of tiles through all steps; elsewhere all threads share each step, so that each reads some of the
/// weights once.
/// </summary>
internal sealed class QuantizedWinogradOperator : QuantizedOperator
{
    private const int Block = QuantizedCorrelation.Block;
    private const int ChunkTiles = 14;
    private const int MaxChunkWeights = 1 << 18;
    private const int Parts = 8;
    private const int MinArea = 128;

    /// <summary>Transformed weights are four times as many, and twice as large each: more than these would come from memory again and again.</summary>
    private const int MaxWeights = 1 << 20;

    private readonly Node _node;
    private readonly FusionGroup _group;
    private readonly QuantizedMap _input;
    private readonly QuantizedMap? _residual;
    private readonly QuantizedMap _output;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly BlockedContext _context;
    private readonly bool _chunks;
    private readonly AlignedBuffer _scale;
    private readonly AlignedBuffer _bias;
    private readonly int[] _pairs;
    private QuantizedWinogradWeights _weights = null!;

    public QuantizedWinogradOperator(BlockedContext context, Node node, FusionGroup group, QuantizedMap input, QuantizedMap? residual, QuantizedMap output)
        : base(group)
    {
        (_node, _group, _input, _residual, _output) = (node, group, input, residual, output);
        (_inputs, _outputs) = (input.Shape.Channels, output.Shape.Channels);
        _chunks = QuantizedWinogradWeights.Length(_outputs, _inputs) <= MaxChunkWeights;
        _context = context;
        _scale = new AlignedBuffer(QuantizedWinograd.Positions * output.Blocks * Block);
        _bias = new AlignedBuffer(output.Blocks * Block);
        _pairs = [.. Enumerable.Range(0, input.Blocks * Block / 2).Select(pair => pair * 2 * sizeof(short))];
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

    private int TileRows => (_output.Height + QuantizedWinograd.Tile - 1) / QuantizedWinograd.Tile;

    private int TileColumns => (_output.Width + QuantizedWinograd.Tile - 1) / QuantizedWinograd.Tile;

    private int Tiles => TileRows * TileColumns;

    private int Chunks => (Tiles + ChunkTiles - 1) / ChunkTiles;

    public override void Pack()
    {
        _weights = QuantizedWinogradWeights.Pack(_node.Parameters[0].Value.Values, _outputs, _inputs);
        double step = _output.Range.Scale, zero = _output.Range.ZeroPoint;
        if (_residual is not null)
            zero -= _residual.Range.ZeroPoint * _residual.Range.Scale / step;
        Span<float> scale = _scale.Span;
        for (int i = 0; i < scale.Length; i++)
            scale[i] = (float)(_weights.Steps.Span[i] * (double)_input.Range.Scale / step);
        for (int o = 0; o < _outputs; o++)
            _bias.Span[o] = (float)((_node.Parameters.Count > 1 ? _node.Parameters[1].Value.Values[o] / step : 0) + zero);
    }

    public override int Phases => _chunks ? 1 : 3 * _context.Batch;

    public override int ScratchLength => _chunks ? RoomFor(ChunkTiles) : 0;

    public override int SharedLength => _chunks ? 0 : RoomFor(Tiles);

    public override int Tasks(int phase, int count) => _chunks ? count * Chunks
        : phase / 3 >= count ? 0
        : phase % 3 == 1 ? QuantizedWinograd.Positions : Parts;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        int n = _chunks ? task / Chunks : phase / 3, most = _chunks ? ChunkTiles : Tiles;
        int first = _chunks ? task % Chunks * ChunkTiles : 0;
        (float lower, float upper) = _output.Clamp(_group);
        fixed (float* room = _chunks ? _context.Scratch[worker].Span : _context.Shared.Span)
        fixed (short* weights = _weights.Packed)
        fixed (int* pairs = _pairs)
        fixed (float* scale = _scale.Span, bias = _bias.Span)
        {
            var operands = new QuantizedWinograd.Operands
            {
                Input = _input.Sample(n) - _input.Pitch - _input.Inner,
                InputBlock = _input.Plane,
                InputPitch = _input.Pitch,
                InputBlocks = _input.Blocks,
                ZeroPoint = (short)_input.Range.ZeroPoint,
                TileColumns = TileColumns,
                FirstTile = first,
                Tiles = _chunks ? Math.Min(ChunkTiles, Tiles - first) : Tiles,
                Transformed = (short*)room,
                Weights = weights,
                Products = (int*)room + TransformedLength(most),
                Pairs = pairs,
                Scale = scale,
                Bias = bias,
                Output = _output.Sample(n),
                OutputBlock = _output.Plane,
                OutputPitch = _output.Pitch,
                OutputBlocks = _output.Blocks,
                OutputHeight = _output.Height,
                OutputWidth = _output.Width,
                Residual = _residual is null ? null : _residual.Sample(n),
                ResidualBlock = _residual?.Plane ?? 0,
                ResidualPitch = _residual?.Pitch ?? 0,
                ResidualScale = _residual is null ? 0 : (float)((double)_residual.Range.Scale / _output.Range.Scale),
                Lower = lower,
                Upper = upper,
            };
            if (_chunks || phase % 3 == 0)
                QuantizedWinograd.TransformInputs(operands, _chunks ? 0 : _input.Blocks * task / Parts, _chunks ? _input.Blocks : _input.Blocks * (task + 1) / Parts);
            if (_chunks || phase % 3 == 1)
                QuantizedWinograd.Multiply(operands, _chunks ? 0 : task, _chunks ? QuantizedWinograd.Positions : task + 1);
            if (_chunks || phase % 3 == 2)
                QuantizedWinograd.TransformOutputs(operands, _chunks ? 0 : _output.Blocks * task / Parts, _chunks ? _output.Blocks : _output.Blocks * (task + 1) / Parts);
        }
    }

    /// <summary>Floats as long as the transformed tiles, of 16 bits.</summary>
    private int TransformedLength(int tiles) => checked(QuantizedWinograd.Positions * tiles * _input.Blocks * Block / 2);

    private int RoomFor(int tiles) => checked(TransformedLength(tiles) + QuantizedWinograd.Positions * tiles * _output.Blocks * Block);
}
