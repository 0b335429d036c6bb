using System.Numerics.Tensors;
using Fovea.Kernels;

namespace Fovea.Execution.Operators;

/// <summary>Runs <see cref="Layers.GELU"/>, in pieces that stay in the first cache through all their steps.</summary>
internal sealed class GELUOperator(OperatorContext context) : Operator(context)
{
    private const int Piece = 1024;

    public override int ScratchLength => 2 * Piece;

    public override void Forward(in Slice slice, int pass)
    {
        for (int start = 0, length; start < slice.Output.Length; start += length)
        {
            length = Math.Min(Piece, slice.Output.Length - start);
            ReadOnlySpan<float> input = slice.Input().Slice(start, length);
            Span<float> output = slice.Output.Slice(start, length);
            NormalDistribution.Evaluate(input, output, density: slice.Scratch[..length], slice.Scratch[Piece..]);
            TensorPrimitives.Multiply(output, input, output);
        }
    }

    /// <summary>∂L/∂x = g · (Φ(x) + x φ(x)).</summary>
    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        for (int start = 0, length; start < slice.Output.Length; start += length)
        {
            length = Math.Min(Piece, slice.Output.Length - start);
            ReadOnlySpan<float> input = slice.Input().Slice(start, length);
            Span<float> inputGradient = slice.InputGradient().Slice(start, length), density = slice.Scratch[..length];
            NormalDistribution.Evaluate(input, inputGradient, density, slice.Scratch[Piece..]);
            TensorPrimitives.MultiplyAdd(density, input, inputGradient, inputGradient);
            TensorPrimitives.Multiply(inputGradient, slice.OutputGradient.Slice(start, length), inputGradient);
        }
    }
}
