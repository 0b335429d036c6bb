using Fovea.Execution.Blocked;
using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Kernels.Quantized;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Quantized.Operators;

/// <summary>
/// Runs <see cref="Conv2d"/> without groups, and <see cref="Linear"/> as a convolution with a kernel as large as its
/// input; what is added to it and the clamp are fused into the last step. The result is bytes, or floats.
/// </summary>
internal sealed class QuantizedConvolutionOperator : QuantizedOperator
{
    private const int Block = QuantizedCorrelation.Block;

    private readonly Node _node;
    private readonly QuantizationScheme _scheme;
    private readonly FusionGroup _group;
    private readonly QuantizedMap _input;
    private readonly QuantizedMap? _residual;
    private readonly QuantizedMap? _output;
    private readonly BlockedMap? _floats;
    private readonly Window _window;
    private readonly int _outputs;
    private readonly int _blocks;
    private readonly AlignedBuffer _scale;
    private readonly AlignedBuffer _bias;
    private readonly int[] _steps;
    private readonly TaskSplit _split;
    private QuantizedWeights _weights = null!;

    /// <summary>One of <paramref name="output"/> and <paramref name="floats"/> is given; floats take no residual.</summary>
    public QuantizedConvolutionOperator(
        Node node, QuantizationScheme scheme, FusionGroup group, QuantizedMap input, QuantizedMap? residual, QuantizedMap? output, BlockedMap? floats)
        : base(group)
    {
        (_node, _scheme, _group, _input, _residual, _output, _floats) = (node, scheme, group, input, residual, output, floats);
        _window = node.Layer is Conv2d conv ? conv.WindowFor(input.Shape) : WholeMap(input);
        _outputs = node.Layer is Linear linear ? linear.OutFeatures : ((Conv2d)node.Layer).OutChannels;
        _blocks = (_outputs + Block - 1) / Block;
        _scale = new AlignedBuffer(_blocks * Block);
        _bias = new AlignedBuffer(_blocks * Block);
        _steps = [.. Steps()];
        long work = (long)_outputs * _window.OutputArea * _input.Shape.Channels * _window.KernelArea;
        (int rows, int width) = IsFlat ? (1, _window.OutputArea) : (_window.OutputHeight, _window.OutputWidth);
        long rowLength = (long)_input.Pitch * _window.StrideHeight * _input.Blocks / sizeof(float);
        _split = TaskSplit.Of(rows, width, _blocks, work, rowLength, work / _window.OutputArea / sizeof(float), samples: 1);
    }

    /// <summary>Whether the layer is one that this operator runs: of linear layers those of a vector.</summary>
    public static bool Suits(Layer layer, Shape output) => layer is Linear && output.Rank == 1 || layer is Conv2d { Groups: 1, Connections: null };

    public override string Algorithm => AlgorithmNames.Int8Direct;

    /// <summary>Where the kernel's cells lie in the input, four channels at a time.</summary>
    private IEnumerable<int> Steps()
    {
        for (int block = 0; block < _input.Blocks; block++)
            for (int kh = 0; kh < _window.KernelHeight; kh++)
                for (int kw = 0; kw < _window.KernelWidth; kw++)
                    for (int quad = 0; quad < _input.Inner; quad += QuantizedCorrelation.Quad)
                        yield return block * _input.Plane + (kh * _window.DilationHeight - _window.PadTop) * _input.Pitch + (kw * _window.DilationWidth - _window.PadLeft) * _input.Inner + quad;
    }

    public override void Pack()
    {
        sbyte[] weights = _scheme.WeightsOf(_node);
        _weights = QuantizedWeights.Pack(weights, _outputs, _input.Shape.Channels, _input.Inner, _window.KernelArea);
        float[] steps = _scheme.WeightScales[_node.Name];
        bool biased = _node.Parameters.Count > 1;
        int row = weights.Length / _outputs;
        (double step, double zero) = _output is null ? (1, 0) : (_output.Range.Scale, _output.Range.ZeroPoint);
        if (_residual is not null)
            zero -= _residual.Range.ZeroPoint * _residual.Range.Scale / step;
        for (int o = 0; o < _outputs; o++)
        {
            long sum = 0;
            foreach (sbyte weight in weights.AsSpan(o * row, row))
                sum += weight;
            double scale = (double)_input.Range.Scale * steps[o] / step;
            _scale.Span[o] = (float)scale;
            _bias.Span[o] = (float)((biased ? _node.Parameters[1].Value.Values[o] / step : 0) - scale * _input.Range.ZeroPoint * sum + zero);
        }
    }

    public override int Tasks(int phase, int count) => count * _split.Count;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        (int n, TaskPart part) = _split.At(task, count);
        bool flat = IsFlat;
        int pitch = _input.Pitch * _window.StrideHeight, outputPitch = _output?.Pitch ?? _floats!.Pitch;
        (float lower, float upper) = _output?.Clamp(_group) ?? (_group.Lower, _group.Upper);
        fixed (int* steps = _steps, groups = _weights.Groups, starts = _weights.GroupStarts)
        fixed (sbyte* weights = _weights.Packed)
        fixed (float* scale = _scale.Span, bias = _bias.Span)
            QuantizedCorrelation.Run(new QuantizedCorrelation.Operands
            {
                Input = _input.Sample(n) + part.FirstRow * pitch,
                Steps = steps,
                InputStep = _input.Inner * _window.StrideWidth,
                InputPitch = pitch,
                Weights = weights,
                WeightBlock = _weights.BlockLength,
                Groups = groups,
                GroupStarts = starts,
                Scale = scale,
                Bias = bias,
                Output = _output is null ? null : _output.Sample(n) + part.FirstRow * outputPitch,
                FloatOutput = _floats is null ? null : _floats.Sample(n) + part.FirstRow * outputPitch,
                OutputBlock = _output?.Plane ?? _floats!.Plane,
                OutputPitch = outputPitch,
                Residual = _residual is null ? null : _residual.Sample(n) + part.FirstRow * _residual.Pitch,
                ResidualBlock = _residual?.Plane ?? 0,
                ResidualPitch = _residual?.Pitch ?? 0,
                ResidualScale = _residual is null ? 0 : (float)((double)_residual.Range.Scale / _output!.Range.Scale),
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
        && _input.Halo == 0 && (_output?.Halo ?? _floats!.Halo) == 0 && (_residual?.Halo ?? 0) == 0;

    private static Window WholeMap(QuantizedMap map) => new()
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
