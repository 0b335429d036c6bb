namespace Fovea.Metrics;

/// <summary>
/// How often each class was taken for which: rows are the true classes, columns the predicted ones. Where a measure
/// would divide by zero (a class that never occurs or is never predicted) it is 0.
/// </summary>
public sealed class ConfusionMatrix
{
    private readonly long[] _counts;

    /// <summary>An empty matrix.</summary>
    /// <param name="classes">How many classes there are.</param>
    /// <exception cref="ArgumentException">There is no class.</exception>
    public ConfusionMatrix(int classes)
    {
        Classes = Guard.AtLeastOne(classes, "the number of classes");
        _counts = new long[checked(classes * classes)];
    }

    /// <summary>How many classes there are.</summary>
    public int Classes { get; }

    /// <summary>How many samples of a true class were taken for the predicted one.</summary>
    public long this[int truth, int predicted] => _counts[Index(truth, predicted)];

    /// <summary>How many samples were added.</summary>
    public long Total => _counts.Sum();

    /// <summary>How many samples were predicted right: the diagonal.</summary>
    public long Correct => Enumerable.Range(0, Classes).Sum(c => this[c, c]);

    /// <summary>The share of samples that were predicted right, in [0, 1].</summary>
    public double Accuracy => Ratio(Correct, Total);

    /// <summary>The share of the most common true class: what always answering it would get right, in [0, 1].</summary>
    public double MajorityShare => Ratio(Enumerable.Range(0, Classes).Max(TruthCount), Total);

    /// <summary>The mean of <see cref="F1"/> over all classes, each counting alike.</summary>
    public double MacroF1 => Enumerable.Range(0, Classes).Average(F1);

    /// <summary>Counts samples of one class that were all taken for the same one.</summary>
    /// <param name="truth">Their class.</param>
    /// <param name="predicted">What they were taken for.</param>
    /// <param name="count">How many there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of the two is no class, or there are fewer than none.</exception>
    public void Add(int truth, int predicted, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _counts[Index(truth, predicted)] += count;
    }

    /// <summary>Adds all the counts of another matrix.</summary>
    /// <exception cref="ArgumentException">The other has another number of classes.</exception>
    public void Merge(ConfusionMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Classes != Classes)
            throw new ArgumentException($"a matrix of {other.Classes} classes cannot be merged into one of {Classes}");
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
    }

    /// <summary>The counts of one true class by predicted class: a row of the matrix.</summary>
    public ReadOnlySpan<long> Row(int truth) => _counts.AsSpan(Index(truth, 0), Classes);

    /// <summary>How many samples of a class there were: the sum of its row.</summary>
    public long TruthCount(int label) => Enumerable.Range(0, Classes).Sum(predicted => this[label, predicted]);

    /// <summary>How many samples were taken for a class: the sum of its column.</summary>
    public long PredictedCount(int label) => Enumerable.Range(0, Classes).Sum(truth => this[truth, label]);

    /// <summary>Of the samples taken for a class, the share that belong to it.</summary>
    public double Precision(int label) => Ratio(this[label, label], PredictedCount(label));

    /// <summary>Of the samples of a class, the share taken for it.</summary>
    public double Recall(int label) => Ratio(this[label, label], TruthCount(label));

    /// <summary>The harmonic mean of precision and recall: 2 hits / (samples of the class + samples taken for it).</summary>
    public double F1(int label) => Ratio(2 * this[label, label], TruthCount(label) + PredictedCount(label));

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    private int Index(int truth, int predicted)
    {
        RequireClass(truth, "true");
        RequireClass(predicted, "predicted");
        return truth * Classes + predicted;
    }

    private void RequireClass(int label, string which)
    {
        if ((uint)label >= (uint)Classes)
            throw new ArgumentOutOfRangeException(null, $"the {which} class must be 0 to {Classes - 1}, got {label}");
    }
}
