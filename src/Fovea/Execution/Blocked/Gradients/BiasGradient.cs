using Fovea.Execution.Workers;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>The gradient of a bias: the sum of the output's over all pixels and samples.</summary>
internal sealed class BiasGradient(BlockedContext context, BlockedMap output, Parameter bias) : PhasedWork
{
    public override int Tasks(int phase, int count) => output.Blocks;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        const int block = BlockedCorrelation.Block;
        double* sums = stackalloc double[2 * block], total = stackalloc double[block];
        new Span<double>(total, block).Clear();
        for (int n = 0; n < count; n++)
        {
            float* first = output.SampleGradient(n) + task * output.Plane;
            new Span<double>(sums, 2 * block).Clear();
            BlockedStandardization.Moments(
                new BlockedStandardization.Rows { Input = first, InputPitch = output.Pitch, Height = output.Height, Width = output.Width }, sums, sums + block);
            for (int c = 0; c < block; c++)
                total[c] += sums[c] + (double)first[c] * output.Height * output.Width;
        }
        Span<float> gradient = context.Gradient(bias)[(task * block)..];
        for (int c = 0; c < Math.Min(block, gradient.Length); c++)
            gradient[c] = (float)total[c];
    }
}
