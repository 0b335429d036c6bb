using System.Numerics.Tensors;
using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Backward: rows of the weights' gradient, which serve all samples while they are in the cache; then ranges of the
/// input's gradient, which every row of weights adds to.
/// </summary>
internal sealed partial class DenseOperator
{
    /// <summary>Inputs of a task: with those of 16 samples they fill half a second-level cache.</summary>
    private const int InputsATask = 4096;

    public override int BackwardPhases => 3;

    public override int BackwardTasks(int phase, int count) => phase switch
    {
        0 => float.IsNegativeInfinity(lower) ? 0 : 1,
        1 when !_learns => 0,
        1 => (_layer.OutFeatures + RowsATask - 1) / RowsATask,
        _ => Targets[0] == GradientTarget.None ? 0 : InputTasks,
    };

    private int InputTasks => Math.Max((Features + InputsATask - 1) / InputsATask, Math.Min(Features / 256, 8));

    public override void Backward(int phase, int task, int count, int worker)
    {
        if (phase == 0)
            TakeClampBack(count);
        else if (phase == 1)
            WeightGradient(_layer.OutFeatures * task / BackwardTasks(1, count), _layer.OutFeatures * (task + 1) / BackwardTasks(1, count), count);
        else
            InputGradient((int)((long)Features * task / InputTasks), (int)((long)Features * (task + 1) / InputTasks), count);
    }

    private unsafe void TakeClampBack(int count)
    {
        for (int n = 0; n < count; n++)
            BlockedGradients.Clamp(
                Output.SampleGradient(n), Output.Sample(n), 0, Output.SampleGradient(n), 0, 1, Output.SampleLength, lower, float.PositiveInfinity, adds: false);
    }

    private unsafe void WeightGradient(int first, int end, int count)
    {
        Span<float> weights = ParameterGradient(0, 0), bias = _layer.Bias ? ParameterGradient(0, 1) : [];
        for (int o = first; o < end; o++)
        {
            Span<float> row = weights.IsEmpty ? [] : weights.Slice(o * Features, Features);
            float sum = 0;
            for (int n = 0; n < count; n++)
            {
                float gradient = Output.SampleGradient(n)[o];
                sum += gradient;
                var input = new ReadOnlySpan<float>(Input.Sample(n), row.Length);
                if (n == 0)
                    TensorPrimitives.Multiply(input, gradient, row);
                else
                    TensorPrimitives.MultiplyAdd(input, gradient, row, row);
            }
            if (!bias.IsEmpty)
                bias[o] = sum;
        }
    }

    private unsafe void InputGradient(int first, int end, int count)
    {
        ReadOnlySpan<float> weights = Nodes[0].Parameters[0].Value.Values;
        if (Targets[0] == GradientTarget.Write)
            for (int n = 0; n < count; n++)
                new Span<float>(Input.SampleGradient(n) + first, end - first).Clear();
        for (int o = 0; o < _layer.OutFeatures; o++)
        {
            ReadOnlySpan<float> row = weights.Slice(o * Features + first, end - first);
            for (int n = 0; n < count; n++)
            {
                var target = new Span<float>(Input.SampleGradient(n) + first, end - first);
                TensorPrimitives.MultiplyAdd(row, Output.SampleGradient(n)[o], target, target);
            }
        }
    }
}
