using System.Numerics.Tensors;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs <see cref="Linear"/> on the weights as they are: every output is the product of a row of weights and a sample, and
/// a row serves all samples while it is in the cache. With one sample the weights' way from memory is all that counts.
/// </summary>
internal sealed class DenseOperator(BlockedContext context, Node[] nodes, BlockedMap[] inputs, BlockedMap output, float lower)
    : BlockedOperator(context, nodes, inputs, output)
{
    private const int LeastWork = 1 << 17;
    private const int RowsATask = 16;

    private readonly Linear _layer = (Linear)nodes[0].Layer;

    public override string Algorithm => "rows";

    private int Features => _layer.InFeatures;

    public override int ForwardTasks(int phase, int count) =>
        (long)Features * _layer.OutFeatures * count < LeastWork ? 1 : (_layer.OutFeatures + RowsATask - 1) / RowsATask;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        int tasks = ForwardTasks(phase, count), first = _layer.OutFeatures * task / tasks, end = _layer.OutFeatures * (task + 1) / tasks;
        ReadOnlySpan<float> weights = Nodes[0].Parameters[0].Value.Span, bias = _layer.Bias ? Nodes[0].Parameters[1].Value.Span : [];
        for (int o = first; o < end; o++)
        {
            ReadOnlySpan<float> row = weights.Slice(o * Features, Features);
            for (int n = 0; n < count; n++)
                Output.Sample(n)[o] = Math.Max(lower, TensorPrimitives.Dot(row, new ReadOnlySpan<float>(Input.Sample(n), Features)) + (bias.IsEmpty ? 0 : bias[o]));
        }
    }
}
