using System.Numerics.Tensors;
using Fovea.Kernels.Elementwise;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="PReLU"/>, one stretch of equal slope after the other: a channel, or everything.</summary>
internal sealed class PReLUOperator(PReLU layer, OperatorContext context) : Operator(context)
{
    private readonly int _stretch = context.Input.Length / layer.NumParameters * context.Lanes;

    public override int ScratchLength => Context.HasBackward ? _stretch : 0;

    public override void Forward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> slopes = slice.Parameter(0);
        for (int i = 0; i < slopes.Length; i++)
        {
            ReadOnlySpan<float> input = slice.Input().Slice(i * _stretch, _stretch);
            ElementwiseLoop.Forward(new LeakyReLUFunction(slopes[i]), input, slice.Output.Slice(i * _stretch, _stretch));
        }
    }

    /// <summary>∂L/∂slope = Σ g · min(x, 0).</summary>
    public override void Backward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> slopes = slice.Parameter(0);
        Span<float> slopeGradient = slice.ParameterGradient(0), negative = slice.Scratch;
        for (int i = 0; i < slopes.Length; i++)
        {
            ReadOnlySpan<float> input = slice.Input().Slice(i * _stretch, _stretch), outputGradient = slice.OutputGradient.Slice(i * _stretch, _stretch);
            if (slice.WantsParameterGradient(0))
            {
                TensorPrimitives.Min(input, 0f, negative);
                slopeGradient[i] += TensorPrimitives.Dot(negative, outputGradient);
            }
            if (slice.WantsInputGradient())
                ElementwiseLoop.Backward(new LeakyReLUFunction(slopes[i]), input, input, outputGradient, slice.InputGradient().Slice(i * _stretch, _stretch));
        }
    }
}
