using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// A vector for every word of a text: (L) word numbers to (embeddingDim, L), channels first, as <see cref="Conv1d"/> takes
/// them (PyTorch's layer of this name puts the dimension last). Weight: (numEmbeddings, embeddingDim), drawn from N(0, 1) as
/// there. A number is that of a row, rounded down; what is below 0, or not a number, counts as 0, what is too large as the
/// last. The padding's row starts as zeros and gets no gradient. Numbers get no gradient either.
/// </summary>
public sealed record Embedding : Layer
{
    /// <summary>Describes a table of vectors.</summary>
    /// <param name="numEmbeddings">How many words there are; at most 2²⁴, since numbers are floats.</param>
    /// <param name="embeddingDim">The length of a word's vector.</param>
    /// <param name="paddingIndex">The number that fills up short texts; −1 for none.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public Embedding(int numEmbeddings, int embeddingDim, int paddingIndex = -1)
    {
        NumEmbeddings = Guard.AtLeastOne(numEmbeddings, "Embedding: numEmbeddings");
        EmbeddingDim = Guard.AtLeastOne(embeddingDim, "Embedding: embeddingDim");
        if (numEmbeddings > MaxEmbeddings)
            throw new ArgumentException($"Embedding: numEmbeddings may be {MaxEmbeddings} at most, got {numEmbeddings}");
        if (paddingIndex < -1 || paddingIndex >= numEmbeddings)
            throw new ArgumentException($"Embedding: paddingIndex must be a number below {numEmbeddings}, or -1 for none, got {paddingIndex}");
        PaddingIndex = paddingIndex;
    }

    /// <summary>Every whole number up to it is a float.</summary>
    private const int MaxEmbeddings = 1 << 24;

    /// <summary>How many words there are.</summary>
    public int NumEmbeddings { get; }

    /// <summary>The length of a word's vector.</summary>
    public int EmbeddingDim { get; }

    /// <summary>The number that fills up short texts; −1 for none.</summary>
    public int PaddingIndex { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters =>
        [new ParameterSpec("weight", new Shape(NumEmbeddings, EmbeddingDim), new PaddedGaussian(1, PaddingIndex), 1, EmbeddingDim, ParameterRole.Bias)];

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => inputs[0].Rank == 1
        ? new Shape(EmbeddingDim, inputs[0].Length)
        : throw new ShapeException($"Embedding takes a sequence (L) of word numbers, got {inputs[0]}");
}
