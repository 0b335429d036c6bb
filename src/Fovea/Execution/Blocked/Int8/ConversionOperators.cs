using Fovea.Execution.Graph;
using Fovea.Kernels.Quantized;

namespace Fovea.Execution.Blocked.Int8;

/// <summary>Makes bytes of an activation that was computed in floats.</summary>
/// <param name="context">What the operators of the plan share.</param>
/// <param name="group">What computed it.</param>
/// <param name="input">Floats.</param>
/// <param name="output">Bytes.</param>
internal sealed class QuantizeOperator(BlockedContext context, FusionGroup group, BlockedMap input, BlockedMap output) : BlockedOperator(context, group, [], [input], output)
{
    public override string Algorithm => "to int8";

    public override int ForwardTasks(int phase, int count) => count * Output.Blocks;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        int n = task / Output.Blocks, block = task % Output.Blocks;
        float inverse = 1 / Output.Range.Scale;
        for (int y = 0; y < Output.Height; y++)
            QuantizedRows.FromFloats(
                Input.Sample(n) + block * Input.Plane + (nint)y * Input.Pitch, Output.Width * Output.Inner, inverse, Output.Range.ZeroPoint,
                Output.Bytes(n) + block * Output.Plane + (nint)y * Output.Pitch);
    }
}

/// <summary>Makes floats of an activation that was computed in int8.</summary>
/// <param name="context">What the operators of the plan share.</param>
/// <param name="group">What computed it.</param>
/// <param name="input">Bytes.</param>
/// <param name="output">Floats.</param>
internal sealed class DequantizeOperator(BlockedContext context, FusionGroup group, BlockedMap input, BlockedMap output) : BlockedOperator(context, group, [], [input], output)
{
    public override string Algorithm => "from int8";

    public override int ForwardTasks(int phase, int count) => count * Input.Blocks;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        int n = task / Input.Blocks, block = task % Input.Blocks;
        for (int y = 0; y < Input.Height; y++)
            QuantizedRows.ToFloats(
                Input.Bytes(n) + block * Input.Plane + (nint)y * Input.Pitch, Input.Width * Input.Inner, Input.Range.Scale, Input.Range.ZeroPoint,
                Output.Sample(n) + block * Output.Plane + (nint)y * Output.Pitch);
    }
}
