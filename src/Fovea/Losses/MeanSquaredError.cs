using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Losses;

/// <summary>
/// The squared differences between outputs and targets, summed over a row and averaged over the rows:
/// L = Σ_c (y_c − t_c)², ∂L/∂y_c = 2 (y_c − t_c). For outputs that are compared as they are: probabilities, or the
/// −1 and +1 of the early networks.
/// </summary>
public sealed record MeanSquaredError : Loss
{
    /// <summary>False: outputs are compared as they are.</summary>
    public override bool ExpectsLogits => false;

    /// <inheritdoc/>
    public override void Evaluate(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int classes, float scale,
        Span<float> losses, Span<float> outputGradient)
    {
        RequireRows(outputs, targets, classes, losses, outputGradient);
        TensorPrimitives.Subtract(outputs, targets, outputGradient);
        for (int row = 0; row < losses.Length; row++)
            losses[row] = (float)Reductions.SumOfSquares(outputGradient.Slice(row * classes, classes));
        TensorPrimitives.Multiply(outputGradient, 2 * scale, outputGradient);
    }
}
