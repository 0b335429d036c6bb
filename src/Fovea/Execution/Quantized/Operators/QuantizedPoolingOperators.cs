using Fovea.Execution.Blocked;
using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Kernels.Quantized;
using Fovea.Layers;

namespace Fovea.Execution.Quantized.Operators;

/// <summary>Runs <see cref="MaxPool2d"/>: bytes are in the order of their values, so the largest byte is the largest value.</summary>
internal sealed class QuantizedMaxPoolingOperator(FusionGroup group, MaxPool2d layer, QuantizedMap input, QuantizedMap output) : QuantizedOperator(group)
{
    private const int RowsATask = 8;

    public override string Algorithm => "int8";

    private readonly Window _window = layer.WindowFor(input.Shape);

    private int Chunks => (_window.OutputHeight + RowsATask - 1) / RowsATask;

    private bool IsSmall => output.SampleLength < TooFewToShare;

    public override int Tasks(int phase, int count) => IsSmall ? count : count * input.Blocks * Chunks;

    public override void Run(int phase, int task, int count, int worker)
    {
        if (!IsSmall)
            Pool(task / (input.Blocks * Chunks), task / Chunks % input.Blocks, task % Chunks * RowsATask, RowsATask);
        else
            for (int block = 0; block < input.Blocks; block++)
                Pool(task, block, 0, _window.OutputHeight);
    }

    private unsafe void Pool(int n, int block, int first, int rows)
    {
        byte* from = input.Sample(n) + block * input.Plane, to = output.Sample(n) + block * output.Plane;
        for (int y = first; y < Math.Min(first + rows, _window.OutputHeight); y++)
            QuantizedRows.Max(_window, from, input.Pitch, y, to + (nint)y * output.Pitch);
    }
}

/// <summary>Runs <see cref="GlobalAvgPool2d"/>: sums are whole numbers, and rounded only once they are means.</summary>
internal sealed class QuantizedMeanOperator(FusionGroup group, QuantizedMap input, QuantizedMap? output, BlockedMap? floats) : QuantizedOperator(group)
{
    public override string Algorithm => "int8";

    public override int Tasks(int phase, int count) => count;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        const int channels = QuantizedCorrelation.Block;
        uint* totals = stackalloc uint[channels];
        double area = input.Height * input.Width;
        for (int block = 0; block < input.Blocks; block++)
        {
            QuantizedRows.Sum(input.Sample(task) + block * input.Plane, input.Pitch, input.Height, input.Width, totals);
            for (int c = 0; c < channels; c++)
            {
                double mean = (totals[c] / area - input.Range.ZeroPoint) * input.Range.Scale;
                if (output is null)
                    (floats!.Sample(task) + block * floats.Plane)[c] = (float)mean;
                else
                    (output.Sample(task) + block * output.Plane)[c] = (byte)Math.Clamp(Math.Round(mean / output.Range.Scale) + output.Range.ZeroPoint, 0, ActivationRange.Levels);
            }
        }
    }
}
