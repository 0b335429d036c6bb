namespace Fovea.Losses;

/// <summary>
/// What training makes small. A loss works on rows, one a sample, and gives the gradient with respect to the network's
/// output together with the loss, since both share their work. Immutable and without state: called from many threads.
/// </summary>
public abstract record Loss
{
    /// <summary>
    /// Whether the loss applies softmax itself, so that a network's closing <c>Softmax</c> must be left off in training.
    /// </summary>
    public abstract bool ExpectsLogits { get; }

    /// <summary>
    /// The weight of a sample in the mean over the batch: 1 unless classes are weighted. The mean loss of a batch is
    /// Σ losses / Σ weights.
    /// </summary>
    /// <param name="targets">One row of the target distribution: (classes).</param>
    public virtual float Weight(ReadOnlySpan<float> targets) => 1;

    /// <summary>Computes the loss of every row and its gradient.</summary>
    /// <param name="outputs">What the network gave: (rows, classes).</param>
    /// <param name="targets">What was wanted: (rows, classes), one-hot or any distribution.</param>
    /// <param name="classes">The length of a row.</param>
    /// <param name="scale">What every gradient is multiplied by: 1 / Σ weights of the whole batch.</param>
    /// <param name="losses">Receives the unscaled (but class-weighted) loss of every row: (rows).</param>
    /// <param name="outputGradient">Receives ∂(scale · Σ losses)/∂outputs: (rows, classes).</param>
    public abstract void Evaluate(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int classes, float scale,
        Span<float> losses, Span<float> outputGradient);

    /// <summary>Throws unless the buffers hold the same whole number of rows.</summary>
    /// <exception cref="ArgumentException">A buffer's length does not fit.</exception>
    protected static void RequireRows(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int classes,
        ReadOnlySpan<float> losses, ReadOnlySpan<float> outputGradient)
    {
        int length = checked(losses.Length * classes);
        if (classes < 1 || outputs.Length != length || targets.Length != length || outputGradient.Length != length)
            throw new ArgumentException(
                $"{losses.Length} rows of {classes} classes need buffers of {length}, "
                + $"got outputs {outputs.Length}, targets {targets.Length}, gradient {outputGradient.Length}");
    }
}
