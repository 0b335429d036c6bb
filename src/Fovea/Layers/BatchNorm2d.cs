using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy, 2015) as in PyTorch, map by map or feature by feature: shape (C, H, W) or (F),
/// unchanged. y = weight · (x − μ) / √(σ² + eps) + bias. In training μ and σ² are mean and (biased) variance over all
/// pixels of all samples of the batch, and the running statistics follow them: running ← (1 − momentum) running +
/// momentum · statistic, with the unbiased variance (a channel with a single value has none and leaves it alone). In
/// inference μ and σ² are the running statistics. Weight, bias, running_mean and running_var: (numFeatures).
/// </summary>
public sealed record BatchNorm2d : Layer
{
    /// <summary>Describes a batch normalisation.</summary>
    /// <param name="numFeatures">Feature maps, or features, of input and output.</param>
    /// <param name="eps">Keeps the divisor from zero, positive.</param>
    /// <param name="momentum">The share of a batch's statistics in the running ones, 0 to 1.</param>
    /// <param name="affine">Whether weight and bias are learned; otherwise they are 1 and 0.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public BatchNorm2d(int numFeatures, double eps = 1e-5, double momentum = 0.1, bool affine = true)
    {
        NumFeatures = Guard.AtLeastOne(numFeatures, "BatchNorm2d: numFeatures");
        Eps = Guard.Positive(eps, "BatchNorm2d: eps");
        Momentum = Guard.Share(momentum, "BatchNorm2d: momentum");
        Affine = affine;
    }

    /// <summary>Feature maps, or features, of input and output.</summary>
    public int NumFeatures { get; }

    /// <summary>What keeps the divisor from zero.</summary>
    public double Eps { get; }

    /// <summary>The share of a batch's statistics in the running ones.</summary>
    public double Momentum { get; }

    /// <summary>Whether weight and bias are learned.</summary>
    public bool Affine { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters
    {
        get
        {
            ParameterSpec[] statistics = [Spec("running_mean", 0, ParameterRole.Buffer), Spec("running_var", 1, ParameterRole.Buffer)];
            return Affine ? [Spec("weight", 1, ParameterRole.Bias), Spec("bias", 0, ParameterRole.Bias), .. statistics] : statistics;
        }
    }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => RequireChannels(inputs[0], NumFeatures);

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => inputs[0].Length;

    private ParameterSpec Spec(string name, float value, ParameterRole role) =>
        new(name, new Shape(NumFeatures), new Constant(value), 1, 1, role);
}
