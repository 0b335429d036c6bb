using Fovea.Kernels;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Runs <see cref="Layers.GELU"/>.</summary>
internal sealed class GaussianUnitOperator(BlockedContext context, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, nodes, inputs, output)
{
    public override string Algorithm => "unit by unit";

    public override bool OverwritesGradient => true;

    public override int ForwardTasks(int phase, int count) => count * Output.Blocks;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        int n = task / Output.Blocks, block = task % Output.Blocks;
        float* input = Input.Sample(n) + block * Input.Plane, output = Output.Sample(n) + block * Output.Plane;
        int length = Input.Width * Input.Inner;
        for (int y = 0; y < Input.Height; y++, input += Input.Pitch, output += Output.Pitch)
            Gelu.Forward(new ReadOnlySpan<float>(input, length), new Span<float>(output, length));
    }

    public override int BackwardTasks(int phase, int count) => Targets[0] == GradientTarget.None ? 0 : count * Input.Blocks;

    public override unsafe void Backward(int phase, int task, int count, int worker)
    {
        int n = task / Input.Blocks, block = task % Input.Blocks, length = Input.Width * Input.Inner;
        float* input = Input.Sample(n) + block * Input.Plane, inputGradient = Input.SampleGradient(n) + block * Input.Plane;
        float* gradient = Output.SampleGradient(n) + block * Output.Plane;
        for (int y = 0; y < Input.Height; y++, input += Input.Pitch, inputGradient += Input.Pitch, gradient += Output.Pitch)
            Gelu.Backward(
                new ReadOnlySpan<float>(input, length), new ReadOnlySpan<float>(gradient, length), new Span<float>(inputGradient, length),
                Targets[0] == GradientTarget.Add);
    }
}
