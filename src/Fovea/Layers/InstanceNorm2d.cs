using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Instance normalisation (Ulyanov, Vedaldi and Lempitsky, 2016) as in PyTorch, of every map of every sample by itself: (C, H, W),
/// unchanged. y = weight · (x − μ) / √(σ² + eps) + bias with mean and (biased) variance over the map's pixels. It keeps no
/// running statistics (PyTorch's track_running_stats is False unless given): in use it does what it does in training.
/// Weight and bias: (numFeatures). It runs as a <see cref="GroupNorm"/> with a group a channel.
/// </summary>
public sealed record InstanceNorm2d : Layer
{
    private readonly GroupNorm _groups;

    /// <summary>Describes an instance normalisation.</summary>
    /// <param name="numFeatures">Feature maps of input and output.</param>
    /// <param name="eps">Keeps the divisor from zero, positive.</param>
    /// <param name="affine">Whether weight and bias are learned; otherwise, and unless given, they are 1 and 0.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public InstanceNorm2d(int numFeatures, double eps = 1e-5, bool affine = false)
    {
        Guard.AtLeastOne(numFeatures, "InstanceNorm2d: numFeatures");
        Guard.Positive(eps, "InstanceNorm2d: eps");
        _groups = new GroupNorm(numFeatures, numFeatures, eps, affine);
    }

    /// <summary>Feature maps of input and output.</summary>
    public int NumFeatures => _groups.NumChannels;

    /// <summary>What keeps the divisor from zero.</summary>
    public double Eps => _groups.Eps;

    /// <summary>Whether weight and bias are learned.</summary>
    public bool Affine => _groups.Affine;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters => _groups.Parameters;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => RequireChannels(RequireMaps(inputs[0]), NumFeatures);

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => inputs[0].Length;

    internal override Layer Lowered => _groups;
}
