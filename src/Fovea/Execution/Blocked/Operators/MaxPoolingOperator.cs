using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Runs <see cref="MaxPool2d"/>.</summary>
internal sealed class MaxPoolingOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    private readonly Window _window = ((MaxPool2d)nodes[0].Layer).WindowFor(inputs[0].Shape);

    public override string Algorithm => "maximum";

    public override int ForwardTasks(int phase, int count) => count * Output.Blocks;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        int n = task / Output.Blocks, block = task % Output.Blocks;
        BlockedPooling.Max(_window, Input.Sample(n) + block * Input.Plane, Input.Pitch, Output.Sample(n) + block * Output.Plane, Output.Pitch);
    }

    public override int BackwardTasks(int phase, int count) => Targets[0] == GradientTarget.None ? 0 : count * Input.Blocks;

    public override unsafe void Backward(int phase, int task, int count, int worker)
    {
        int n = task / Input.Blocks, block = task % Input.Blocks;
        float* gradient = Input.SampleGradient(n) + block * Input.Plane;
        if (Targets[0] == GradientTarget.Write)
            for (int y = 0; y < Input.Height; y++)
                new Span<float>(gradient + y * Input.Pitch, Input.Width * Input.Inner).Clear();
        BlockedGradients.Max(
            _window, Input.Sample(n) + block * Input.Plane, gradient, Input.Pitch,
            Output.Sample(n) + block * Output.Plane, Output.SampleGradient(n) + block * Output.Plane, Output.Pitch);
    }
}
