using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Runs <see cref="Layers.Add"/> with the clamp behind it.</summary>
internal sealed class AddClampOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output, float lower, float upper)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    public override string Algorithm => "sum";

    public override int ForwardTasks(int phase, int count) => count * Output.Blocks;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        int n = task / Output.Blocks, block = task % Output.Blocks;
        float* output = Output.Sample(n) + block * Output.Plane;
        for (int i = 1; i < Inputs.Length; i++)
        {
            bool first = i == 1, last = i == Inputs.Length - 1;
            BlockedMap other = Inputs[i];
            BlockedRows.AddAndClamp(
                first ? Input.Sample(n) + block * Input.Plane : output, first ? Input.Pitch : Output.Pitch,
                other.Sample(n) + block * other.Plane, other.Pitch,
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
