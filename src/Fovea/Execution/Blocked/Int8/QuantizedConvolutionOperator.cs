using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Kernels.Quantized;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Int8;

/// <summary>
/// Runs <see cref="Conv2d"/> without groups, and <see cref="Linear"/> as a convolution with a kernel as large as its
/// input; what is added to it and the clamp are fused into the last step. The result is bytes, or floats.
/// </summary>
internal sealed class QuantizedConvolutionOperator : BlockedOperator
{
    private const int Block = QuantizedCorrelation.Block;

    private readonly Window _window;
    private readonly int _outputs;
    private readonly AlignedBuffer _scale;
    private readonly AlignedBuffer _bias;
    private readonly int[] _steps;
    private readonly TaskSplit _split;
    private QuantizedWeights _weights = null!;

    public QuantizedConvolutionOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output) : base(context, group, nodes, inputs, output)
    {
        _window = nodes[0].Layer is Conv2d conv ? conv.WindowFor(Input.Shape) : WholeMap(Input);
        _outputs = nodes[0].Layer is Linear linear ? linear.OutFeatures : ((Conv2d)nodes[0].Layer).OutChannels;
        _scale = new AlignedBuffer(Output.Blocks * Block);
        _bias = new AlignedBuffer(Output.Blocks * Block);
        _steps = [.. Steps()];
        long work = (long)_outputs * _window.OutputArea * Input.Shape.Channels * _window.KernelArea;
        (int rows, int width) = IsFlat ? (1, _window.OutputArea) : (_window.OutputHeight, _window.OutputWidth);
        long rowLength = (long)Input.Pitch * _window.StrideHeight * Input.Blocks / sizeof(float);
        _split = TaskSplit.Of(rows, width, Output.Blocks, work, rowLength, work / _window.OutputArea / sizeof(float), samples: 1);
    }

    /// <summary>Whether the layer is one that this operator runs: of linear layers those of a vector.</summary>
    public static bool Suits(Layer layer, Shape output) => layer is Linear && output.Rank == 1 || layer is Conv2d { Groups: 1, Connections: null };

    public override string Algorithm => AlgorithmNames.Int8Direct;

    /// <summary>What is added; floats take nothing.</summary>
    private BlockedMap? Residual => Group.Residual is null ? null : Inputs[^1];

    /// <summary>Where the kernel's cells lie in the input, four channels at a time.</summary>
    private IEnumerable<int> Steps()
    {
        for (int block = 0; block < Input.Blocks; block++)
            for (int kh = 0; kh < _window.KernelHeight; kh++)
                for (int kw = 0; kw < _window.KernelWidth; kw++)
                    for (int quad = 0; quad < Input.Inner; quad += QuantizedCorrelation.Quad)
                        yield return block * Input.Plane + (kh * _window.DilationHeight - _window.PadTop) * Input.Pitch + (kw * _window.DilationWidth - _window.PadLeft) * Input.Inner + quad;
    }

    public override int PackTasks => 1;

    public override void Pack(int task)
    {
        Node node = Nodes[0];
        QuantizationScheme scheme = Context.Options.Quantization!;
        sbyte[] weights = scheme.WeightsOf(node);
        _weights = QuantizedWeights.Pack(weights, _outputs, Input.Shape.Channels, Input.Inner, _window.KernelArea);
        float[] steps = scheme.WeightScales[node.Name];
        bool biased = node.Parameters.Count > 1;
        int row = weights.Length / _outputs;
        (double step, double zero) = Output.IsBytes ? (Output.Range.Scale, Output.Range.ZeroPoint) : (1, 0);
        if (Residual is { } residual)
            zero -= residual.Range.ZeroPoint * residual.Range.Scale / step;
        for (int o = 0; o < _outputs; o++)
        {
            long sum = 0;
            foreach (sbyte weight in weights.AsSpan(o * row, row))
                sum += weight;
            double scale = (double)Input.Range.Scale * steps[o] / step;
            _scale.Span[o] = (float)scale;
            _bias.Span[o] = (float)((biased ? node.Parameters[1].Value.Values[o] / step : 0) - scale * Input.Range.ZeroPoint * sum + zero);
        }
    }

    public override int ForwardTasks(int phase, int count) => count * _split.Count;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        (int n, TaskPart part) = _split.At(task, count);
        bool flat = IsFlat;
        int pitch = Input.Pitch * _window.StrideHeight;
        (float lower, float upper) = Output.IsBytes ? Output.ClampOf(Group) : (Group.Lower, Group.Upper);
        BlockedMap? residual = Residual;
        fixed (int* steps = _steps, groups = _weights.Groups, starts = _weights.GroupStarts)
        fixed (sbyte* weights = _weights.Packed)
        fixed (float* scale = _scale.Span, bias = _bias.Span)
            QuantizedCorrelation.Run(new QuantizedCorrelation.Operands
            {
                Input = Input.Bytes(n) + part.FirstRow * pitch,
                Steps = steps,
                InputStep = Input.Inner * _window.StrideWidth,
                InputPitch = pitch,
                Weights = weights,
                WeightBlock = _weights.BlockLength,
                Groups = groups,
                GroupStarts = starts,
                Scale = scale,
                Bias = bias,
                Output = Output.IsBytes ? Output.Bytes(n) + part.FirstRow * Output.Pitch : null,
                FloatOutput = Output.IsBytes ? null : Output.Sample(n) + part.FirstRow * Output.Pitch,
                OutputBlock = Output.Plane,
                OutputPitch = Output.Pitch,
                Residual = residual is null ? null : residual.Bytes(n) + part.FirstRow * residual.Pitch,
                ResidualBlock = residual?.Plane ?? 0,
                ResidualPitch = residual?.Pitch ?? 0,
                ResidualScale = residual is null ? 0 : (float)((double)residual.Range.Scale / Output.Range.Scale),
                Lower = lower,
                Upper = upper,
                FirstBlock = part.FirstBlock,
                Blocks = part.Blocks,
                Height = part.Rows,
                Width = flat ? _window.OutputArea : _window.OutputWidth,
            });
    }

    /// <summary>Whether rows follow one another without a gap everywhere, so that a map is one long row.</summary>
    private bool IsFlat => _window.KernelArea == 1 && _window.StrideHeight == 1 && _window.StrideWidth == 1
        && Input.Halo == 0 && Output.Halo == 0 && (Residual?.Halo ?? 0) == 0;

    private static Window WholeMap(BlockedMap map) => new()
    {
        InputHeight = map.Height,
        InputWidth = map.Width,
        KernelHeight = map.Height,
        KernelWidth = map.Width,
        StrideHeight = 1,
        StrideWidth = 1,
        DilationHeight = 1,
        DilationWidth = 1,
        PadTop = 0,
        PadLeft = 0,
        PadBottom = 0,
        PadRight = 0,
    };
}
