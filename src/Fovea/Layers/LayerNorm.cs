using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Layer normalisation (Ba, Kiros and Hinton, 2016) as in PyTorch, of every sample by itself and over the last dimensions
/// together; any shape that ends in normalizedShape, unchanged. y = weight · (x − μ) / √(σ² + eps) + bias with mean and
/// (biased) variance over these dimensions, in training and in use. Weight and bias, one for each element: (normalizedShape).
/// </summary>
public sealed record LayerNorm : Layer
{
    private readonly Shape _normalized;

    /// <summary>Describes a layer normalisation.</summary>
    /// <param name="normalizedShape">The last sizes of the input, which are normalised together: [F] for (L, F), [C, H, W] for whole maps.</param>
    /// <param name="eps">Keeps the divisor from zero, positive.</param>
    /// <param name="affine">Whether weight and bias are learned (PyTorch's elementwise_affine); otherwise they are 1 and 0.</param>
    /// <exception cref="ArgumentException">There are no sizes or more than six, a size is not positive, or eps is not.</exception>
    public LayerNorm(int[] normalizedShape, double eps = 1e-5, bool affine = true)
    {
        ArgumentNullException.ThrowIfNull(normalizedShape);
        if (normalizedShape.Length is 0 or > Shape.MaxSampleRank || Array.Exists(normalizedShape, size => size < 1))
            throw new ArgumentException($"LayerNorm: normalizedShape must be 1 to {Shape.MaxSampleRank} positive sizes, got ({string.Join(", ", normalizedShape)})");
        _normalized = new Shape(normalizedShape);
        Eps = Guard.Positive(eps, "LayerNorm: eps");
        Affine = affine;
    }

    /// <summary>The last sizes of the input, which are normalised together.</summary>
    public IReadOnlyList<int> NormalizedShape => _normalized.ToArray();

    /// <summary>What keeps the divisor from zero.</summary>
    public double Eps { get; }

    /// <summary>Whether weight and bias are learned.</summary>
    public bool Affine { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters => Affine
        ? [new ParameterSpec("weight", _normalized, new Constant(1), 1, 1, ParameterRole.Bias), new ParameterSpec("bias", _normalized, new Constant(0), 1, 1, ParameterRole.Bias)]
        : [];

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => inputs[0].ToArray().AsSpan().EndsWith(_normalized.ToArray())
        ? inputs[0]
        : throw new ShapeException($"LayerNorm of {_normalized} takes a shape that ends so, got {inputs[0]}");

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => inputs[0].Length;
}
