using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Kernels.Quantized;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Int8;

/// <summary>Runs <see cref="MaxPool2d"/>: bytes are in the order of their values, so the largest byte is the largest value.</summary>
internal sealed class QuantizedMaxPoolingOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    /// <summary>Bytes that one thread makes sooner than another wakes.</summary>
    private const int TooFewToShare = 1 << 15;

    private const int RowsATask = 8;

    public override string Algorithm => "int8";

    private readonly Window _window = ((MaxPool2d)nodes[0].Layer).WindowFor(inputs[0].Shape);

    private int Chunks => (_window.OutputHeight + RowsATask - 1) / RowsATask;

    private bool IsSmall => Output.SampleLength < TooFewToShare;

    public override int ForwardTasks(int phase, int count) => IsSmall ? count : count * Input.Blocks * Chunks;

    public override void Forward(int phase, int task, int count, int worker)
    {
        if (!IsSmall)
            Pool(task / (Input.Blocks * Chunks), task / Chunks % Input.Blocks, task % Chunks * RowsATask, RowsATask);
        else
            for (int block = 0; block < Input.Blocks; block++)
                Pool(task, block, 0, _window.OutputHeight);
    }

    private unsafe void Pool(int n, int block, int first, int rows)
    {
        byte* from = Input.Bytes(n) + block * Input.Plane, to = Output.Bytes(n) + block * Output.Plane;
        for (int y = first; y < Math.Min(first + rows, _window.OutputHeight); y++)
            QuantizedRows.Max(_window, from, Input.Pitch, y, to + (nint)y * Output.Pitch);
    }
}

/// <summary>Runs <see cref="GlobalAvgPool2d"/>: sums are whole numbers, and rounded only once they are means.</summary>
internal sealed class QuantizedMeanOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    public override string Algorithm => "int8";

    public override int ForwardTasks(int phase, int count) => count;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        const int channels = QuantizedCorrelation.Block;
        uint* totals = stackalloc uint[channels];
        double area = Input.Height * Input.Width;
        for (int block = 0; block < Input.Blocks; block++)
        {
            QuantizedRows.Sum(Input.Bytes(task) + block * Input.Plane, Input.Pitch, Input.Height, Input.Width, totals);
            for (int c = 0; c < channels; c++)
            {
                double mean = (totals[c] / area - Input.Range.ZeroPoint) * Input.Range.Scale;
                if (!Output.IsBytes)
                    (Output.Sample(task) + block * Output.Plane)[c] = (float)mean;
                else
                    (Output.Bytes(task) + block * Output.Plane)[c] = (byte)Math.Clamp(Math.Round(mean / Output.Range.Scale) + Output.Range.ZeroPoint, 0, ActivationRange.Levels);
            }
        }
    }
}
