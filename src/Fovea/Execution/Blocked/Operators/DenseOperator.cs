using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs <see cref="Linear"/> on the weights as they are: every output is the product of a row of weights and a sample, and
/// a few rows serve all samples while they are in the cache. With one sample the weights' way from memory is all that counts.
/// </summary>
internal sealed partial class DenseOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output, float lower)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    private const int MinWork = 1 << 17;
    private const int RowsATask = 16;
    private const int RowsAtATime = 4;

    private readonly Linear _layer = (Linear)nodes[0].Layer;
    private readonly bool _learns = nodes[0].Parameters.Any(context.WantsGradient);

    public override string Algorithm => "rows";

    private int Features => _layer.InFeatures;

    public override int ForwardTasks(int phase, int count) =>
        (long)Features * _layer.OutFeatures * count < MinWork ? 1 : (_layer.OutFeatures + RowsATask - 1) / RowsATask;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        int tasks = ForwardTasks(phase, count), first = _layer.OutFeatures * task / tasks, end = _layer.OutFeatures * (task + 1) / tasks;
        ReadOnlySpan<float> bias = _layer.Bias ? Nodes[0].Parameters[1].Value.Values : [];
        float* products = stackalloc float[RowsAtATime];
        fixed (float* weights = Nodes[0].Parameters[0].Value.Values)
            for (int o = first; o < end; o += RowsAtATime)
            {
                int rows = Math.Min(RowsAtATime, end - o);
                for (int n = 0; n < count; n++)
                {
                    RowProducts.Run(weights + (nint)o * Features, rows, Features, Input.Sample(n), products);
                    for (int row = 0; row < rows; row++)
                        Output.Sample(n)[o + row] = Math.Max(lower, products[row] + (bias.IsEmpty ? 0 : bias[o + row]));
                }
            }
    }
}
