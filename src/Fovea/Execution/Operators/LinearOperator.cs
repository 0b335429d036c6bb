using System.Numerics.Tensors;
using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Operators;

/// <summary>Runs <see cref="Linear"/>.</summary>
internal sealed class LinearOperator(Linear layer, OperatorContext context) : Operator(context)
{
    private readonly Dense.Tables _tables = new(layer.InFeatures, layer.OutFeatures, context.Lanes);

    private readonly DenseGradient.Tables _gradient = new(layer.InFeatures, layer.OutFeatures, context.Lanes, context.HasBackward ? context.Slices : 0);

    public override string Algorithm => CostModel.MatrixProduct;

    public override int ScratchLength => Context.HasBackward ? _gradient.Scratch : 0;

    /// <summary>The weights.</summary>
    public override int? DeferredParameter => 0;

    public override int TraceLength => _gradient.TraceLength;

    public override int DeferredTasks => _gradient.Tasks;

    public override void Forward(in Slice slice, int pass) =>
        Dense.Forward(_tables, slice.Input(), slice.Parameter(0), layer.Bias ? slice.Parameter(1) : [], slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> outputGradient = slice.OutputGradient;
        if (slice.WantsParameterGradient(0))
            DenseGradient.Keep(_gradient, slice.Input(), outputGradient, slice.Trace);
        if (layer.Bias && slice.WantsParameterGradient(1))
        {
            Span<float> biasGradient = slice.ParameterGradient(1);
            for (int o = 0; o < biasGradient.Length; o++)
                biasGradient[o] += TensorPrimitives.Sum(outputGradient.Slice(o * Context.Lanes, Context.Lanes));
        }
        if (slice.WantsInputGradient())
            Dense.InputGradient(_tables, outputGradient, slice.Parameter(0), slice.InputGradient());
    }

    public override void DeferredGradient(int task, ReadOnlySpan<float> traces, Span<float> gradient, Span<float> scratch) =>
        DenseGradient.Run(_gradient, task, traces, gradient, scratch);
}
