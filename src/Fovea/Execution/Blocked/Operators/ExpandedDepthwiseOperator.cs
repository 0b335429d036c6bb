using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs a 1 × 1 <see cref="Conv2d"/> and the depthwise one that follows it, as in MobileNetV2's inverted residuals. The
/// map between them is the network's largest, so it never leaves the cache: a task makes two blocks of its channels, as
/// many rows as fit, and takes them through the depthwise convolution at once.
/// </summary>
internal sealed class ExpandedDepthwiseOperator : BlockedOperator
{
    /// <summary>Floats of the map between that a task may hold: half a second-level cache.</summary>
    private const int MaxBetween = 1 << 17;

    private const int BlocksATask = 2;
    private const int Block = BlockedCorrelation.Block;

    private readonly DepthwiseOperator _depthwise;
    private readonly Epilogue _expansion;
    private readonly Conv2d _layer;
    private readonly Window _window;
    private readonly int _halo;
    private readonly int _strips;
    private readonly AlignedBuffer _weights;
    private readonly AlignedBuffer _bias;
    private readonly float[] _scales;
    private readonly int[] _depthwiseTaps;
    private readonly BlockedTaps _taps;

    /// <param name="context">How the plan is to run.</param>
    /// <param name="group">What runs, with the 1 × 1 convolution as its producer.</param>
    /// <param name="expanding">The 1 × 1 convolution and what is fused into it.</param>
    /// <param name="expansion">The last step of the 1 × 1 convolution.</param>
    /// <param name="nodes">The depthwise convolution and what is fused into it.</param>
    /// <param name="inputs">The input, and what is added at the end, if anything.</param>
    /// <param name="output">The output.</param>
    /// <param name="epilogue">The last step of the depthwise convolution.</param>
    public ExpandedDepthwiseOperator(
        BlockedContext context, FusionGroup group, Node[] expanding, Epilogue expansion, Node[] nodes, BlockedMap[] inputs, BlockedMap output, Epilogue epilogue)
        : base(context, group, [.. expanding, .. nodes], inputs, output)
    {
        _layer = (Conv2d)expanding[0].Layer;
        _expansion = expansion;
        var between = new BlockedMap(_layer.OutputShape(Input.Shape));
        _depthwise = new DepthwiseOperator(context, group, nodes, [between, .. inputs[1..]], output, epilogue);
        _window = ((Conv2d)nodes[0].Layer).WindowFor(between.Shape);
        _halo = BlockedTaps.Halo(_window);
        _depthwiseTaps = BlockedTaps.OfBlock(_window, Pitch);
        int rows = Output.Height, needed = BlocksATask * Pitch;
        int most = Math.Clamp((MaxBetween / needed - _window.SpanHeight) / _window.StrideHeight + 1, 1, rows);
        _strips = (rows + most - 1) / most;
        _taps = BlockedTaps.Forward(_layer.WindowFor(Input.Shape), Input, Input.Blocks);
        _weights = new AlignedBuffer(BlockedWeights.Length(_layer.OutChannels, _layer.InChannels, Input.Inner, 1));
        _bias = new AlignedBuffer(Output.Blocks * Block);
        _scales = new float[(_layer.OutChannels + BlockedCorrelation.Block - 1) / BlockedCorrelation.Block * BlockedCorrelation.Block];
    }

    public override string Algorithm => "1×1, depthwise";

    public override int ScratchLength => checked(BlocksATask * Pitch * RowsBetween((Output.Height + _strips - 1) / _strips));

    private int Pitch => checked((Input.Width + 2 * _halo) * Block);

    /// <summary>Rows between that so many rows of output go over.</summary>
    private int RowsBetween(int rows) => (rows - 1) * _window.StrideHeight + _window.SpanHeight;

    /// <summary>Whether the two convolutions can run as one.</summary>
    public static bool Suits(Conv2d expanding, Conv2d depthwise) =>
        expanding is { KernelSize: { Height: 1, Width: 1 }, Stride: { Height: 1, Width: 1 }, Padding: { Top: 0, Left: 0, Bottom: 0, Right: 0 }, Groups: 1, Connections: null }
        && expanding.InChannels >= Block && expanding.OutChannels >= Block && depthwise.IsDepthwise;

    public override int PackTasks => Output.Blocks;

    public override void Pack(int task)
    {
        for (int oc = task * Block; oc < Math.Min((task + 1) * Block, _layer.OutChannels); oc++)
        {
            (_scales[oc], float shift) = _expansion.Fold(oc);
            _bias.Span[oc] = shift + (_layer.Bias ? Nodes[0].Parameters[1].Value.Values[oc] * _scales[oc] : 0);
        }
        BlockedWeights.Pack(Nodes[0].Parameters[0].Value.Values, task, _layer.OutChannels, _layer.InChannels, Input.Inner, 1, _scales, _weights.Span);
        if (task == 0)
            _depthwise.Pack(0);
    }

    private int Groups => (Output.Blocks + BlocksATask - 1) / BlocksATask;

    public override int ForwardTasks(int phase, int count) => count * Groups * _strips;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        int strip = task % _strips, group = task / _strips % Groups, n = task / _strips / Groups;
        int row = Output.Height * strip / _strips, rows = Output.Height * (strip + 1) / _strips - row;
        int block = group * BlocksATask, blocks = Math.Min(BlocksATask, Output.Blocks - block);
        int top = row * _window.StrideHeight - _window.PadTop, between = RowsBetween(rows);
        int first = Math.Clamp(-top, 0, between), end = Math.Clamp(Input.Height - top, first, between);
        int length = _taps.Offsets.Length * _taps.Inner * Block;
        fixed (float* weights = _weights.Span, bias = _bias.Span, scratch = Scratch(worker))
        fixed (int* taps = _taps.Offsets)
        {
            for (int b = 0; b < blocks; b++)
                ClearFrame(scratch + b * between * Pitch, between, first, end);
            BlockedCorrelation.Run(new BlockedCorrelation.Operands
            {
                Input = Input.Sample(n) + (top + first) * Input.Pitch,
                InputTaps = taps,
                Taps = _taps.Offsets.Length,
                Inner = _taps.Inner,
                InputStep = Block,
                InputPitch = Input.Pitch,
                Weights = weights + (nint)block * length,
                WeightBlock = length,
                Output = scratch + first * Pitch + _halo * Block,
                OutputBlock = between * Pitch,
                OutputStep = Block,
                OutputPitch = Pitch,
                Bias = bias + block * Block,
                Blocks = blocks,
                Height = end - first,
                Width = Input.Width,
                Lower = _expansion.Lower,
                Upper = _expansion.Upper,
            });
            for (int b = 0; b < blocks; b++)
                _depthwise.Run(scratch + b * between * Pitch + _window.PadTop * Pitch + _halo * Block, Pitch, _depthwiseTaps, n, block + b, row, rows);
        }
    }

    /// <summary>Zeros what lies around the rows from first to end.</summary>
    private unsafe void ClearFrame(float* map, int rows, int first, int end)
    {
        new Span<float>(map, first * Pitch).Clear();
        for (int row = first; row < end; row++)
        {
            new Span<float>(map + row * Pitch, _halo * Block).Clear();
            new Span<float>(map + (row + 1) * Pitch - _halo * Block, _halo * Block).Clear();
        }
        new Span<float>(map + end * Pitch, (rows - end) * Pitch).Clear();
    }
}
