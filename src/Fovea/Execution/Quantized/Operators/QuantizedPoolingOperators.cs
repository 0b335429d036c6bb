using Fovea.Execution.Blocked;
using Fovea.Kernels;
using Fovea.Kernels.Quantized;
using Fovea.Layers;

namespace Fovea.Execution.Quantized.Operators;

/// <summary>Runs <see cref="MaxPool2d"/>: bytes are in the order of their values, so the largest byte is the largest value.</summary>
internal sealed class QuantizedMaxPoolingOperator(MaxPool2d layer, QuantizedMap input, QuantizedMap output) : QuantizedOperator
{
    private const int RowsATask = 8;

    private readonly Window _window = layer.WindowFor(input.Shape);

    private int Chunks => (_window.OutputHeight + RowsATask - 1) / RowsATask;

    public override int Tasks(int phase, int count) => count * input.Blocks * Chunks;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        int n = task / (input.Blocks * Chunks), block = task / Chunks % input.Blocks, first = task % Chunks * RowsATask;
        byte* from = input.Sample(n) + block * input.Plane, to = output.Sample(n) + block * output.Plane;
        for (int y = first; y < Math.Min(first + RowsATask, _window.OutputHeight); y++)
            QuantizedRows.Max(_window, from, input.Pitch, y, to + (nint)y * output.Pitch);
    }
}

/// <summary>Runs <see cref="GlobalAvgPool2d"/>: sums are whole numbers, and rounded only once they are means.</summary>
internal sealed class QuantizedMeanOperator(QuantizedMap input, QuantizedMap? output, BlockedMap? floats) : QuantizedOperator
{
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
