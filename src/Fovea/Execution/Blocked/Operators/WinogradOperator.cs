using System.Numerics.Tensors;
using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Runs a 3 × 3 <see cref="Conv2d"/> of stride 1 by Winograd's transform.</summary>
internal sealed class WinogradOperator : BlockedOperator
{
    private readonly Conv2d _layer;
    private readonly Epilogue _epilogue;
    private readonly Window _window;
    private readonly WinogradSize _size;

    /// <summary>Empty in training, where weights are packed in every step and lie in what all operators share.</summary>
    private readonly AlignedBuffer _weights;
    private readonly AlignedBuffer _bias;
    private readonly WinogradSchedule _schedule;

    public WinogradOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output, Epilogue epilogue, int tile) : base(context, group, nodes, inputs, output)
    {
        _layer = (Conv2d)nodes[0].Layer;
        _epilogue = epilogue;
        _window = _layer.WindowFor(Input.Shape);
        _size = new WinogradSize(tile, context.Batch, Output.Height, Output.Width, Input.Blocks, Output.Blocks);
        _weights = new AlignedBuffer(context.HasBackward ? 0 : _size.WeightLength);
        _bias = new AlignedBuffer(Output.Blocks * BlockedCorrelation.Block);
        _schedule = new WinogradSchedule(context, _size);
    }

    public override string Algorithm => $"Winograd {_size.Tile}×{_size.Tile}";

    public override int ScratchLength => _schedule.ScratchLength;

    public override int SharedLength => _schedule.SharedLength + (Context.HasBackward ? _size.WeightLength : 0);

    private Span<float> Weights => Context.HasBackward ? Context.Shared.Span.Slice(_schedule.SharedLength, _size.WeightLength) : _weights.Span;

    public override int PackTasks => Output.Blocks;

    public override unsafe void Pack(int task)
    {
        const int block = BlockedCorrelation.Block;
        ReadOnlySpan<float> weights = Nodes[0].Parameters[0].Value.Values;
        int first = task * block, count = Math.Min(block, _layer.OutChannels - first), row = weights.Length / _layer.OutChannels;
        ReadOnlySpan<float> rows = weights.Slice(first * row, count * row);
        float[] scaled = _epilogue.Normalization is null ? [] : rows.ToArray();
        Span<float> bias = _bias.Span.Slice(first, count);
        for (int i = 0; i < count; i++)
        {
            (float scale, float shift) = _epilogue.Fold(first + i);
            bias[i] = shift + (_layer.Bias ? Nodes[0].Parameters[1].Value.Values[first + i] * scale : 0);
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

    public override int ForwardPhases => _schedule.Phases;

    public override int ForwardTasks(int phase, int count) => _schedule.Tasks(phase, count);

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        BlockedMap? residual = _epilogue.Residual;
        fixed (float* weights = Weights, bias = _bias.Span)
        {
            var operands = new WinogradCorrelation.Operands
            {
                Size = _schedule.SizeFor(count),
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
            _schedule.Run(operands, phase, task, count, worker);
        }
    }
}
