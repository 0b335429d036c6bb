using System.Numerics.Tensors;
using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Operators;

/// <summary>Runs <see cref="Linear"/>.</summary>
internal sealed class LinearOperator(Linear layer, OperatorContext context) : Operator(context)
{
    private readonly Dense.Tables _tables = new(layer.InFeatures, layer.OutFeatures, context.Lanes);

    public override int ScratchLength => Context.Training ? Dense.Scratch(_tables) : 0;

    public override void Forward(in Slice slice, int pass) =>
        Dense.Forward(_tables, slice.Input(), slice.Parameter(0), layer.Bias ? slice.Parameter(1) : [], slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> outputGradient = slice.OutputGradient;
        Dense.WeightGradient(_tables, slice.Input(), outputGradient, slice.ParameterGradient(0), slice.Scratch);
        if (layer.Bias)
        {
            Span<float> biasGradient = slice.ParameterGradient(1);
            for (int o = 0; o < biasGradient.Length; o++)
                biasGradient[o] += TensorPrimitives.Sum(outputGradient.Slice(o * Context.Lanes, Context.Lanes));
        }
        if (slice.WantsInputGradient())
            Dense.InputGradient(_tables, outputGradient, slice.Parameter(0), slice.InputGradient());
    }
}
