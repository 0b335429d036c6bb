using Fovea.Execution.Blocked;
using Fovea.Kernels.Quantized;

namespace Fovea.Execution.Quantized.Operators;

/// <summary>Makes bytes of an activation that was computed in floats.</summary>
internal sealed class QuantizeOperator(BlockedMap input, QuantizedMap output) : QuantizedOperator(group: null)
{
    public override string Algorithm => "to int8";

    public override int Tasks(int phase, int count) => count * output.Blocks;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        int n = task / output.Blocks, block = task % output.Blocks;
        float inverse = 1 / output.Range.Scale;
        for (int y = 0; y < output.Height; y++)
            QuantizedRows.FromFloats(
                input.Sample(n) + block * input.Plane + (nint)y * input.Pitch, output.Width * output.Inner, inverse, output.Range.ZeroPoint,
                output.Sample(n) + block * output.Plane + (nint)y * output.Pitch);
    }
}

/// <summary>Makes floats of an activation that was computed in int8.</summary>
internal sealed class DequantizeOperator(QuantizedMap input, BlockedMap output) : QuantizedOperator(group: null)
{
    public override string Algorithm => "from int8";

    public override int Tasks(int phase, int count) => count * input.Blocks;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        int n = task / input.Blocks, block = task % input.Blocks;
        for (int y = 0; y < input.Height; y++)
            QuantizedRows.ToFloats(
                input.Sample(n) + block * input.Plane + (nint)y * input.Pitch, input.Width * input.Inner, input.Range.Scale, input.Range.ZeroPoint,
                output.Sample(n) + block * output.Plane + (nint)y * output.Pitch);
    }
}

/// <summary>Makes bytes of the network's input, images of up to four channels.</summary>
internal sealed unsafe class ImageOperator(QuantizedMap output) : QuantizedOperator(group: null)
{
    private const int RowsATask = 32;

    public override string Algorithm => "to int8";

    /// <summary>(count, C, H, W), set for the time of a run.</summary>
    public float* Images { get; set; }

    private int Chunks => (output.Height + RowsATask - 1) / RowsATask;

    public override int Tasks(int phase, int count) => count * Chunks;

    public override void Run(int phase, int task, int count, int worker)
    {
        int n = task / Chunks, first = task % Chunks * RowsATask, plane = output.Height * output.Width;
        float* image = Images + (nint)n * output.Shape.Length;
        for (int y = first; y < Math.Min(first + RowsATask, output.Height); y++)
            QuantizedRows.FromPlanes(
                image + y * output.Width, plane, output.Shape.Channels, output.Width, 1 / output.Range.Scale, output.Range.ZeroPoint,
                output.Sample(n) + (nint)y * output.Pitch);
    }
}
