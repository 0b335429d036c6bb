using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Losses;

/// <summary>
/// Softmax and cross-entropy in one, so that neither overflows and the gradient is a difference of probabilities.
/// With targets t over C classes, class weights w and label smoothing ε (Szegedy et al., 2016):
/// q_c = w_c ((1 − ε) t_c + ε / C), L = −Σ_c q_c ln softmax(x)_c, ∂L/∂x_c = softmax(x)_c Σ q − q_c.
/// The mean over a batch divides by Σ_rows Σ_c w_c t_c, the weights of the true classes. For one-hot targets all this is
/// PyTorch's <c>cross_entropy</c> with class indices; for soft targets the mean is weighted by the same rule
/// (where PyTorch divides by the number of rows), so that a target which happens to be one-hot means the same either way.
/// An infinite or NaN output gives a NaN loss.
/// </summary>
public sealed record SoftmaxCrossEntropy : Loss
{
    private readonly float[]? _classWeights;

    /// <summary>Cross-entropy with these settings.</summary>
    /// <param name="labelSmoothing">ε, the share of every target that is spread evenly over all classes: [0, 1).</param>
    /// <param name="classWeights">One weight a class, zero or more and not all zero; null weighs all classes alike.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public SoftmaxCrossEntropy(double labelSmoothing = 0, IEnumerable<float>? classWeights = null)
    {
        LabelSmoothing = Guard.BelowOne(labelSmoothing, "label smoothing");
        _classWeights = classWeights?.ToArray();
        if (_classWeights is null)
            return;
        for (int i = 0; i < _classWeights.Length; i++)
            Guard.NotNegative(_classWeights[i], $"the weight of class {i}");
        if (!_classWeights.Any(weight => weight > 0))
            throw new ArgumentException("class weights must not all be zero");
    }

    /// <summary>ε, the share of every target that is spread evenly over all classes.</summary>
    public double LabelSmoothing { get; }

    /// <summary>One weight a class, or null when all weigh alike.</summary>
    public IReadOnlyList<float>? ClassWeights => _classWeights;

    /// <summary>True: softmax is part of the loss.</summary>
    public override bool ExpectsLogits => true;

    /// <summary>The weight of a sample in the mean over the batch: that of its true class, Σ_c w_c t_c.</summary>
    /// <param name="targets">One row of the target distribution: (classes).</param>
    public override float Weight(ReadOnlySpan<float> targets)
    {
        if (_classWeights is null)
            return 1;
        RequireWeights(targets.Length);
        double weight = 0;
        for (int c = 0; c < targets.Length; c++)
            weight += (double)_classWeights[c] * targets[c];
        return (float)weight;
    }

    /// <inheritdoc/>
    public override void Evaluate(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int classes, float scale,
        Span<float> losses, Span<float> outputGradient)
    {
        RequireRows(outputs, targets, classes, losses, outputGradient);
        RequireWeights(classes);
        for (int row = 0; row < losses.Length; row++)
        {
            int start = row * classes;
            losses[row] = EvaluateRow(
                outputs.Slice(start, classes), targets.Slice(start, classes), scale, outputGradient.Slice(start, classes));
        }
    }

    /// <summary>Two records are equal when their settings are.</summary>
    public bool Equals(SoftmaxCrossEntropy? other) =>
        other is not null && LabelSmoothing == other.LabelSmoothing
        && (_classWeights is null) == (other._classWeights is null)
        && _classWeights.AsSpan().SequenceEqual(other._classWeights);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(LabelSmoothing, _classWeights?.Length, _classWeights?[0]);

    private float EvaluateRow(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, float scale, Span<float> gradient)
    {
        // With s = x − max x no exponential overflows, and L = Σ q · ln Σ exp s − Σ q s.
        Span<float> shifted = gradient;
        TensorPrimitives.Subtract(outputs, TensorPrimitives.Max(outputs), shifted);
        (double total, double dot) = SumTargets(targets, shifted);

        Span<float> exponentials = gradient;
        TensorPrimitives.Exp(shifted, exponentials);
        double sum = Reductions.Sum(exponentials);

        TensorPrimitives.Multiply(exponentials, (float)(scale * total / sum), gradient);
        SubtractTargets(targets, scale, gradient);
        return (float)(total * Math.Log(sum) - dot);
    }

    /// <summary>Σ q and Σ q s.</summary>
    private (double Total, double Dot) SumTargets(ReadOnlySpan<float> targets, ReadOnlySpan<float> shifted)
    {
        double kept = 1 - LabelSmoothing, spread = LabelSmoothing / targets.Length;
        if (_classWeights is not { } weights)
            return (kept * Reductions.Sum(targets) + LabelSmoothing,
                kept * Reductions.Dot(targets, shifted) + (spread == 0 ? 0 : spread * Reductions.Sum(shifted)));

        double total = 0, dot = 0;
        for (int c = 0; c < targets.Length; c++)
        {
            double q = weights[c] * (kept * targets[c] + spread);
            total += q;
            dot += q * shifted[c];
        }
        return (total, dot);
    }

    /// <summary>gradient −= scale · q.</summary>
    private void SubtractTargets(ReadOnlySpan<float> targets, float scale, Span<float> gradient)
    {
        float kept = (float)(scale * (1 - LabelSmoothing)), spread = (float)(scale * LabelSmoothing / targets.Length);
        if (_classWeights is not { } weights)
        {
            TensorPrimitives.MultiplyAdd(targets, -kept, gradient, gradient);
            TensorPrimitives.Subtract(gradient, spread, gradient);
            return;
        }
        for (int c = 0; c < targets.Length; c++)
            gradient[c] -= weights[c] * (kept * targets[c] + spread);
    }

    private void RequireWeights(int classes)
    {
        if (_classWeights is not null && _classWeights.Length != classes)
            throw new ArgumentException($"the loss has {_classWeights.Length} class weights, the network {classes} classes");
    }
}
