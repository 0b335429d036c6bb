using System.Numerics.Tensors;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="Layers.ConstantTensor"/>: every sample gets a copy.</summary>
internal sealed class ConstantTensorOperator(OperatorContext context) : Operator(context)
{
    public override void Forward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> value = slice.Parameter(0);
        Span<float> output = slice.Output;
        if (Context.Lanes == 1)
            value.CopyTo(output);
        else
            for (int i = 0; i < value.Length; i++)
                output.Slice(i * Context.Lanes, Context.Lanes).Fill(value[i]);
    }

    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsParameterGradient(0))
            return;
        ReadOnlySpan<float> outputGradient = slice.OutputGradient;
        Span<float> gradient = slice.ParameterGradient(0);
        if (Context.Lanes == 1)
            TensorPrimitives.Add(gradient, outputGradient, gradient);
        else
            for (int i = 0; i < gradient.Length; i++)
                gradient[i] += TensorPrimitives.Sum(outputGradient.Slice(i * Context.Lanes, Context.Lanes));
    }
}
