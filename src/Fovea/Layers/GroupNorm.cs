using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Group normalisation (Wu and He, 2018) as in PyTorch, of every sample by itself: (C, …) of any rank from 1, unchanged. The
/// channels are cut into groups of equal size, in their order; y = weight · (x − μ) / √(σ² + eps) + bias with mean and
/// (biased) variance over all elements of a group, in training and in use. Weight and bias, one for each channel: (numChannels).
/// </summary>
public sealed record GroupNorm : Layer
{
    /// <summary>Describes a group normalisation.</summary>
    /// <param name="numGroups">How many groups there are; 1 normalises a sample as a whole.</param>
    /// <param name="numChannels">Channels of input and output, a multiple of the groups.</param>
    /// <param name="eps">Keeps the divisor from zero, positive.</param>
    /// <param name="affine">Whether weight and bias are learned; otherwise they are 1 and 0.</param>
    /// <exception cref="ArgumentException">A number is out of range, or the groups do not divide the channels.</exception>
    public GroupNorm(int numGroups, int numChannels, double eps = 1e-5, bool affine = true)
    {
        NumGroups = Guard.AtLeastOne(numGroups, "GroupNorm: numGroups");
        NumChannels = Guard.AtLeastOne(numChannels, "GroupNorm: numChannels");
        if (numChannels % numGroups != 0)
            throw new ArgumentException($"GroupNorm: numGroups must divide {numChannels} channels, got {numGroups}");
        Eps = Guard.Positive(eps, "GroupNorm: eps");
        Affine = affine;
    }

    /// <summary>How many groups there are.</summary>
    public int NumGroups { get; }

    /// <summary>Channels of input and output.</summary>
    public int NumChannels { get; }

    /// <summary>What keeps the divisor from zero.</summary>
    public double Eps { get; }

    /// <summary>Whether weight and bias are learned.</summary>
    public bool Affine { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters => Affine ? [Spec("weight", 1), Spec("bias", 0)] : [];

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => inputs[0].Rank > 0
        ? RequireChannels(inputs[0], NumChannels)
        : throw new ShapeException($"GroupNorm takes {NumChannels} channels, got a number");

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => inputs[0].Length;

    private ParameterSpec Spec(string name, float value) => new(name, new Shape(NumChannels), new Constant(value), 1, 1, ParameterRole.Bias);
}
