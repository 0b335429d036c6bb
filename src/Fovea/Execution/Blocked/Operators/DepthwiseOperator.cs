using Fovea.Execution.Blocked.Gradients;
using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Runs a <see cref="Conv2d"/> with a group for every channel: 16 channels lie in the lanes, and nothing is summed over them.</summary>
internal sealed class DepthwiseOperator : BlockedOperator, IDepthwiseWeights
{
    private readonly Conv2d _layer;
    private readonly Epilogue _epilogue;
    private readonly Window _window;
    private readonly AlignedBuffer _weights;
    private readonly AlignedBuffer _bias;
    private readonly int[] _taps;

    public DepthwiseOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output, Epilogue epilogue) : base(context, group, nodes, inputs, output)
    {
        _layer = (Conv2d)nodes[0].Layer;
        _epilogue = epilogue;
        _window = _layer.WindowFor(Input.Shape);
        _weights = new AlignedBuffer(checked(Output.Blocks * _window.KernelArea * BlockedCorrelation.Block));
        _bias = new AlignedBuffer(Output.Blocks * BlockedCorrelation.Block);
        _taps = BlockedTaps.OfBlock(_window, Input.Pitch);
    }

    public override string Algorithm => "depthwise";

    /// <summary>One block's weights: (cells, 16).</summary>
    public ReadOnlySpan<float> PackedWeights(int block) => _weights.Span.Slice(block * _window.KernelArea * BlockedCorrelation.Block, _window.KernelArea * BlockedCorrelation.Block);

    public override int PackTasks => 1;

    /// <summary>Weights become (blocks, cells, 16).</summary>
    public override void Pack(int task)
    {
        const int block = BlockedCorrelation.Block;
        int cells = _window.KernelArea;
        Span<float> packed = _weights.Span, biases = _bias.Span;
        ReadOnlySpan<float> weights = Nodes[0].Parameters[0].Value.Values, bias = _layer.Bias ? Nodes[0].Parameters[1].Value.Values : [];
        for (int c = 0; c < _layer.OutChannels; c++)
        {
            (float scale, float shift) = _epilogue.Fold(c);
            biases[c] = shift + (bias.IsEmpty ? 0 : bias[c] * scale);
            for (int cell = 0; cell < cells; cell++)
                packed[(c / block * cells + cell) * block + c % block] = weights[c * cells + cell] * scale;
        }
    }

    public override int ForwardTasks(int phase, int count) => count * Output.Blocks;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        int n = task / Output.Blocks, block = task % Output.Blocks;
        Run(Input.Sample(n) + block * Input.Plane, Input.Pitch, _taps, n, block, 0, Output.Height);
    }

    /// <summary>Computes some rows of one block of a sample.</summary>
    /// <param name="input">The pixels that the first of these rows stands on.</param>
    /// <param name="pitch">Floats from one row of input to the next.</param>
    /// <param name="taps">Where the kernel's cells lie there, relative to a pixel.</param>
    /// <param name="n">The sample.</param>
    /// <param name="block">The block of channels.</param>
    /// <param name="row">The first row of output.</param>
    /// <param name="rows">How many rows.</param>
    public unsafe void Run(float* input, int pitch, int[] taps, int n, int block, int row, int rows)
    {
        const int lanes = BlockedCorrelation.Block;
        BlockedMap? residual = _epilogue.Residual;
        fixed (float* weights = _weights.Span, bias = _bias.Span)
        fixed (int* offsets = taps)
            Depthwise.Run(new Depthwise.Operands
            {
                Input = input,
                InputTaps = offsets,
                Taps = taps.Length,
                InputStep = _window.StrideWidth * lanes,
                InputPitch = _window.StrideHeight * pitch,
                Weights = weights + block * _window.KernelArea * lanes,
                Bias = bias + block * lanes,
                Residual = residual is null ? null : residual.Sample(n) + block * residual.Plane + row * residual.Pitch,
                ResidualPitch = residual?.Pitch ?? 0,
                Output = Output.Sample(n) + block * Output.Plane + row * Output.Pitch,
                OutputStep = lanes,
                OutputPitch = Output.Pitch,
                Height = rows,
                Width = Output.Width,
                Lower = _epilogue.Lower,
                Upper = _epilogue.Upper,
            });
    }
}
