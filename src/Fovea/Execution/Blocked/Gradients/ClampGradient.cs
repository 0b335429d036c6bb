using Fovea.Execution.Graph;
using Fovea.Execution.Workers;
using Fovea.Kernels.Blocked;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>
/// Takes the clamp and the sum behind an operator's work back: the output's gradient becomes that of the work itself, and
/// what was added gets its own.
/// </summary>
internal sealed class ClampGradient(BlockedOperator op, int residual, float lower, float upper) : PhasedWork
{
    public override int Tasks(int phase, int count) => count * op.Output.Blocks;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        BlockedMap output = op.Output;
        int n = task / output.Blocks, block = task % output.Blocks, length = output.Width * output.Inner;
        float* gradient = output.SampleGradient(n) + block * output.Plane;
        if (!float.IsNegativeInfinity(lower))
            BlockedGradients.Clamp(gradient, output.Sample(n) + block * output.Plane, output.Pitch, gradient, output.Pitch, output.Height, length, lower, upper, adds: false);
        if (residual < 0 || op.Targets[residual] == GradientTarget.None)
            return;
        BlockedMap added = op.Inputs[residual];
        float* target = added.SampleGradient(n) + block * added.Plane;
        BlockedRows.AddAndClamp(
            gradient, output.Pitch, op.Targets[residual] == GradientTarget.Add ? target : null, added.Pitch, target, added.Pitch,
            output.Height, length, float.NegativeInfinity, float.PositiveInfinity);
    }
}
