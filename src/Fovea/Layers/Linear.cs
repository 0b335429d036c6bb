using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Full connection of (inFeatures) to (outFeatures): y = W x + b. Weight: (outFeatures, inFeatures); bias: (outFeatures). With
/// more dimensions it connects the last one, (…, inFeatures) to (…, outFeatures), with the same weights everywhere. Feature
/// maps (C, H, W) whose W does not happen to be inFeatures need a <see cref="Flatten"/> before it.
/// </summary>
public sealed record Linear : Layer
{
    /// <summary>Describes a full connection.</summary>
    /// <exception cref="ArgumentException">A number is not positive.</exception>
    public Linear(int inFeatures, int outFeatures, bool bias = true)
    {
        if (inFeatures <= 0 || outFeatures <= 0)
            throw new ArgumentException($"Linear: features must be positive, got {inFeatures} in and {outFeatures} out");
        InFeatures = inFeatures;
        OutFeatures = outFeatures;
        Bias = bias;
    }

    /// <summary>Inputs of every unit.</summary>
    public int InFeatures { get; }

    /// <summary>How many units there are.</summary>
    public int OutFeatures { get; }

    /// <summary>Whether a number is added to every output.</summary>
    public bool Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters
    {
        get
        {
            var weight = new ParameterSpec("weight", new Shape(OutFeatures, InFeatures), new FanInUniform(), InFeatures, OutFeatures, ParameterRole.Weight);
            return Bias
                ? [weight, new ParameterSpec("bias", new Shape(OutFeatures), new FanInUniform(), InFeatures, OutFeatures, ParameterRole.Bias)]
                : [weight];
        }
    }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape input = inputs[0];
        if (input.Rank > 0 && input[input.Rank - 1] == InFeatures)
            return new Shape([.. input.ToArray().AsSpan(0, input.Rank - 1), OutFeatures]);
        // Maps that were not made a vector, and what would fit if it were one.
        if (input.IsMaps || input.Length == InFeatures)
            throw new ShapeException($"Linear takes a vector ({InFeatures}), got {input}; put Flatten before it");
        throw new ShapeException($"Linear takes ({(input.Rank > 1 ? "…, " : "")}{InFeatures}), got {input}");
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => (long)inputs[0].Length * OutFeatures;
}
