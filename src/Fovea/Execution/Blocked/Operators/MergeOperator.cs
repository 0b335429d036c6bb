using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Runs <see cref="Layers.Add"/> and clamps (<see cref="Layers.ReLU"/>, <see cref="Layers.ReLU6"/>), alone or one after the other.</summary>
internal sealed class MergeOperator(BlockedContext context, Node[] nodes, BlockedMap[] inputs, BlockedMap output, float lower, float upper)
    : BlockedOperator(context, nodes, inputs, output)
{
    public override string Algorithm => Inputs.Length > 1 ? "sum" : "clamp";

    public override int ForwardTasks(int phase, int count) => count * Output.Blocks;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        int n = task / Output.Blocks, block = task % Output.Blocks;
        float* output = Output.Sample(n) + block * Output.Plane;
        for (int i = 0; i < Math.Max(1, Inputs.Length - 1); i++)
        {
            BlockedMap? other = Inputs.Length > 1 ? Inputs[i + 1] : null;
            bool last = i >= Inputs.Length - 2;
            BlockedRows.AddAndClamp(
                i == 0 ? Input.Sample(n) + block * Input.Plane : output, i == 0 ? Input.Pitch : Output.Pitch,
                other is null ? null : other.Sample(n) + block * other.Plane, other?.Pitch ?? 0,
                output, Output.Pitch, Output.Height, Output.Width * Output.Inner,
                last ? lower : float.NegativeInfinity, last ? upper : float.PositiveInfinity);
        }
    }

    public override int BackwardTasks(int phase, int count) => count * Output.Blocks;

    public override unsafe void Backward(int phase, int task, int count, int worker)
    {
        int n = task / Output.Blocks, block = task % Output.Blocks;
        for (int i = Inputs.Length - 1; i >= 0; i--)
            if (Targets[i] != GradientTarget.None)
                BlockedGradients.Clamp(
                    Output.SampleGradient(n) + block * Output.Plane, Output.Sample(n) + block * Output.Plane, Output.Pitch,
                    Inputs[i].SampleGradient(n) + block * Inputs[i].Plane, Inputs[i].Pitch, Output.Height, Output.Width * Output.Inner,
                    lower, upper, Targets[i] == GradientTarget.Add);
    }
}
