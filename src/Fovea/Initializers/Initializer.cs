using Fovea.Tensors;

namespace Fovea.Initializers;

/// <summary>A rule that fills a parameter before training. Immutable; draws only from the stream it is given.</summary>
public abstract record Initializer
{
    /// <summary>
    /// Whether every element is drawn alike and by itself, so that a large parameter may be filled in pieces from several streams.
    /// </summary>
    internal virtual bool FillsInPieces => false;

    /// <summary>Fills <paramref name="values"/>.</summary>
    /// <param name="values">The parameter's elements in row-major order.</param>
    /// <param name="fanIn">How many inputs feed one output.</param>
    /// <param name="fanOut">How many outputs one input feeds.</param>
    /// <param name="rng">The stream to draw from.</param>
    public abstract void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng);
}

/// <summary>One value everywhere: 0 for biases, 1 for scales.</summary>
public sealed record Constant(float Value) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng) => values.Fill(Value);
}

/// <summary>Given values, such as the fixed centres of LeNet-5's output.</summary>
public sealed record Values(ReadOnlyMemory<float> Elements) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng) => Elements.Span.CopyTo(values);
}
