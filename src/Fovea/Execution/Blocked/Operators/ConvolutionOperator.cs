using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// What is fused into a convolution's last step, in this order: batch normalisation (folded into the weights), another
/// activation that is added, and a clamp.
/// </summary>
internal sealed record Epilogue
{
    public BatchNorm2d? Normalization { get; init; }

    /// <summary>The normalisation's parameters.</summary>
    public IReadOnlyList<Parameter> Statistics { get; init; } = [];

    public BlockedMap? Residual { get; init; }

    public float Lower { get; init; } = float.NegativeInfinity;

    public float Upper { get; init; } = float.PositiveInfinity;

    /// <summary>What a group does behind its head.</summary>
    /// <param name="group">The group.</param>
    /// <param name="nodes">Its nodes.</param>
    /// <param name="inputs">What it reads; what is added, if anything, comes last.</param>
    public static Epilogue Of(FusionGroup group, Node[] nodes, BlockedMap[] inputs) => new()
    {
        Normalization = group.Normalization is null ? null : (BatchNorm2d)nodes[1].Layer,
        Statistics = group.Normalization is null ? [] : nodes[1].Parameters,
        Residual = group.Residual is null ? null : inputs[^1],
        Lower = group.Lower,
        Upper = group.Upper,
    };

    /// <summary>What one channel is multiplied with, and what is added then.</summary>
    public (float Scale, float Shift) Fold(int channel)
    {
        if (Normalization is null)
            return (1, 0);
        int first = Normalization.Affine ? 2 : 0;
        double scale = 1 / Math.Sqrt(Statistics[first + 1].Value.Values[channel] + Normalization.Eps) * (Normalization.Affine ? Statistics[0].Value.Values[channel] : 1);
        double shift = (Normalization.Affine ? Statistics[1].Value.Values[channel] : 0) - Statistics[first].Value.Values[channel] * scale;
        return ((float)scale, (float)shift);
    }
}

/// <summary>Runs a <see cref="Conv2d"/>, or one band of its channels, directly: one product over all cells of the kernel.</summary>
internal sealed class ConvolutionOperator : BlockedOperator
{
    private readonly Conv2d _layer;
    private readonly Epilogue _epilogue;
    private readonly Window _window;
    private readonly ChannelBand _band;
    private readonly int _weightLength;
    private readonly int _sharedOffset;

    /// <summary>Empty in training, where weights are packed in every step and lie in what all operators share.</summary>
    private readonly AlignedBuffer _weights;
    private readonly AlignedBuffer _bias;
    private readonly float[] _scales;
    private readonly BlockedTaps _taps;
    private readonly TaskSplit _split;

    public ConvolutionOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output, Epilogue epilogue)
        : this(context, group, nodes, inputs, output, epilogue, ChannelBand.ByOutputs((Conv2d)nodes[0].Layer, inputs[0], output).Single(), 0) { }

    /// <param name="context">How the plan is to run.</param>
    /// <param name="group">What runs.</param>
    /// <param name="nodes">The convolution and what is fused into it.</param>
    /// <param name="inputs">The input, and what is added at the end, if anything.</param>
    /// <param name="output">The output.</param>
    /// <param name="epilogue">The last step.</param>
    /// <param name="band">The outputs that are computed, and the inputs that they read.</param>
    /// <param name="sharedOffset">Where the weights lie in what all operators share.</param>
    public ConvolutionOperator(
        BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output, Epilogue epilogue, ChannelBand band, int sharedOffset)
        : base(context, group, nodes, inputs, output)
    {
        _layer = (Conv2d)nodes[0].Layer;
        _epilogue = epilogue;
        _window = _layer.WindowFor(Input.Shape);
        _band = band;
        _sharedOffset = sharedOffset;
        _weightLength = checked(band.OutputBlocks * band.InputBlocks * _window.KernelArea * Inner * BlockedCorrelation.Block);
        _weights = new AlignedBuffer(context.HasBackward ? 0 : _weightLength);
        _bias = new AlignedBuffer(Output.Blocks * BlockedCorrelation.Block);
        _scales = new float[Output.Blocks * BlockedCorrelation.Block];
        _taps = BlockedTaps.Forward(_window, Input, band.InputBlocks);
        if (_taps.Inner == Input.Inner)
            _taps = _taps with { Inner = Inner };
        long rowLength = (long)Input.Pitch * _window.StrideHeight * band.InputBlocks;
        long work = _layer.Groups == 1 ? _layer.MultiplyAdds(Input.Shape) : (long)_weightLength * _window.OutputArea;
        _split = TaskSplit.Of(Output.Height, Output.Width, band.OutputBlocks, work, rowLength, _weightLength, context.Batch);
    }

    /// <summary>How many channels of a block the product goes over: a single block may hold fewer than its width.</summary>
    private int Inner => Input.Blocks == 1 ? Input.Channels : Input.Inner;

    public override int SharedLength => Context.HasBackward ? _weightLength : 0;

    private Span<float> Weights => Context.HasBackward ? Context.Shared.Span.Slice(_sharedOffset, _weightLength) : _weights.Span;

    public override string Algorithm => _window.KernelArea == 1 ? "1×1" : "direct";

    /// <summary>Whether rows follow one another without a gap everywhere, so that a map is one long row.</summary>
    private bool IsFlat => _window.KernelArea == 1 && _window.StrideHeight == 1 && _window.StrideWidth == 1
        && Input.Halo == 0 && Output.Halo == 0 && (_epilogue.Residual?.Halo ?? 0) == 0;

    public override int PackTasks => _band.OutputBlocks;

    public override void Pack(int task)
    {
        const int block = BlockedCorrelation.Block;
        int packed = _band.FirstOutput + task;
        Span<float> bias = _bias.Span;
        for (int oc = packed * block; oc < Math.Min((packed + 1) * block, _layer.OutChannels); oc++)
        {
            (_scales[oc], float shift) = _epilogue.Fold(oc);
            bias[oc] = shift + (_layer.Bias ? Nodes[0].Parameters[1].Value.Values[oc] * _scales[oc] : 0);
        }
        ReadOnlySpan<float> weights = Nodes[0].Parameters[0].Value.Values;
        int length = _weightLength / _band.OutputBlocks;
        if (_layer.Groups > 1)
            GroupedWeights.Pack(weights, _band, packed, Inner, _scales, Weights.Slice(task * length, length));
        else
            BlockedWeights.Pack(weights, task, _layer.OutChannels, _layer.InChannels, Inner, _window.KernelArea, _scales, Weights);
    }

    public override int ForwardTasks(int phase, int count) => count * _split.Count;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        (int n, TaskPart part) = _split.At(task, count);
        bool flat = IsFlat;
        int step = Input.Inner * _window.StrideWidth, pitch = Input.Pitch * _window.StrideHeight;
        fixed (float* weights = Weights, bias = _bias.Span)
        fixed (int* taps = _taps.Offsets)
        {
            int weightBlock = _taps.Offsets.Length * _taps.Inner * BlockedCorrelation.Block;
            BlockedMap? residual = _epilogue.Residual;
            int block = _band.FirstOutput + part.FirstBlock;
            BlockedCorrelation.Run(new BlockedCorrelation.Operands
            {
                Input = Input.Sample(n) + _band.FirstInput * Input.Plane + part.FirstRow * pitch,
                InputTaps = taps,
                Taps = _taps.Offsets.Length,
                Inner = _taps.Inner,
                InputStep = step,
                InputPitch = pitch,
                Weights = weights + (nint)part.FirstBlock * weightBlock,
                WeightBlock = weightBlock,
                Output = Output.Sample(n) + block * Output.Plane + part.FirstRow * Output.Pitch,
                OutputBlock = Output.Plane,
                OutputStep = BlockedCorrelation.Block,
                OutputPitch = Output.Pitch,
                Bias = bias + block * BlockedCorrelation.Block,
                Residual = residual is null ? null : residual.Sample(n) + block * residual.Plane + part.FirstRow * residual.Pitch,
                ResidualBlock = residual?.Plane ?? 0,
                ResidualPitch = residual?.Pitch ?? 0,
                Blocks = part.Blocks,
                Height = flat ? 1 : part.Rows,
                Width = flat ? part.Rows * Output.Width : Output.Width,
                Lower = _epilogue.Lower,
                Upper = _epilogue.Upper,
            });
        }
    }
}
