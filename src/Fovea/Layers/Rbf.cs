using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Radial basis units, the "Gaussian connections" of LeNet-5's output (LeCun et al., 1998): (inFeatures) to (outFeatures),
/// y(o) = −Σⱼ (x(j) − weight(o, j))². The paper's unit is the squared distance to its centre, a penalty; ours is its
/// negative, the logarithm of an unnormalised Gaussian, so that here as everywhere larger is better and a
/// <see cref="Softmax"/> after it gives probabilities. Weight: (outFeatures, inFeatures), the centres: stylised
/// characters of ±1 (<see cref="AsciiDigits"/>) where there are 84 inputs, random codes of ±1 otherwise; fixed unless
/// trainable.
/// </summary>
public sealed record Rbf : Layer
{
    /// <summary>Describes radial basis units.</summary>
    /// <param name="inFeatures">Inputs of every unit.</param>
    /// <param name="outFeatures">How many units there are.</param>
    /// <param name="trainable">Whether the centres are learned.</param>
    /// <exception cref="ArgumentException">A number is not positive.</exception>
    public Rbf(int inFeatures, int outFeatures, bool trainable = false)
    {
        InFeatures = Guard.AtLeastOne(inFeatures, "Rbf: inFeatures");
        OutFeatures = Guard.AtLeastOne(outFeatures, "Rbf: outFeatures");
        Trainable = trainable;
    }

    /// <summary>Inputs of every unit.</summary>
    public int InFeatures { get; }

    /// <summary>How many units there are.</summary>
    public int OutFeatures { get; }

    /// <summary>Whether the centres are learned.</summary>
    public bool Trainable { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters =>
    [
        new ParameterSpec(
            "weight", new Shape(OutFeatures, InFeatures),
            InFeatures == AsciiDigits.Length ? new Characters() : new Signs(),
            InFeatures, OutFeatures, Trainable ? ParameterRole.Bias : ParameterRole.Buffer),
    ];

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => inputs[0].Rank == 1 && inputs[0].Length == InFeatures
        ? new Shape(OutFeatures)
        : throw new ShapeException($"Rbf takes a vector ({InFeatures}), got {inputs[0]}");

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => (long)InFeatures * OutFeatures;

    /// <summary>The bitmaps, made only when they are wanted: a description of a layer costs nothing.</summary>
    private sealed record Characters : Initializer
    {
        public override void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng) =>
            AsciiDigits.Centers(values.Length / AsciiDigits.Length).CopyTo(values);
    }

    /// <summary>−1 or +1, evenly.</summary>
    private sealed record Signs : Initializer
    {
        public override void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng)
        {
            foreach (ref float value in values)
                value = rng.NextInt(2) * 2 - 1;
        }
    }
}
