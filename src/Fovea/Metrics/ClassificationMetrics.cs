namespace Fovea.Metrics;

/// <summary>
/// How good a classifier is, gathered sample by sample. Means over no samples are NaN. Not for several threads at once:
/// let each have its own and <see cref="Merge"/> them in a fixed order.
/// </summary>
public sealed class ClassificationMetrics
{
    private readonly long[] _ranks;
    private double _crossEntropy;
    private double _squaredError;

    /// <summary>Nothing gathered yet.</summary>
    /// <param name="classes">How many classes there are.</param>
    /// <exception cref="ArgumentException">There is no class.</exception>
    public ClassificationMetrics(int classes)
    {
        Confusion = new ConfusionMatrix(classes);
        _ranks = new long[classes];
    }

    /// <summary>Which class was taken for which.</summary>
    public ConfusionMatrix Confusion { get; }

    /// <summary>How many samples were added.</summary>
    public long Count { get; private set; }

    /// <summary>The share of samples whose most probable class is the true one.</summary>
    public double Accuracy => TopAccuracy(1);

    /// <summary>The share of samples whose most probable class is not the true one.</summary>
    public double Error => 1 - Accuracy;

    /// <summary>The mean of −ln p of the true class. A p of 0 counts as the smallest float above it (103.3).</summary>
    public double CrossEntropy => _crossEntropy / Count;

    /// <summary>Squared differences to the one-hot truth, summed over a row and averaged over rows.</summary>
    public double MeanSquaredError => _squaredError / Count;

    /// <summary>The share of samples whose true class is among the <paramref name="k"/> most probable (<see cref="Ranking"/>).</summary>
    /// <exception cref="ArgumentException"><paramref name="k"/> is below 1.</exception>
    public double TopAccuracy(int k)
    {
        Guard.AtLeastOne(k, "k of the top k");
        long hits = 0;
        for (int rank = 0; rank < Math.Min(k, _ranks.Length); rank++)
            hits += _ranks[rank];
        return (double)hits / Count;
    }

    /// <summary>Takes one sample in.</summary>
    /// <param name="probabilities">What the network gave: (classes).</param>
    /// <param name="label">The true class.</param>
    /// <exception cref="ArgumentException">The row is not as long as there are classes, or the label is no class.</exception>
    public void Add(ReadOnlySpan<float> probabilities, int label)
    {
        if (probabilities.Length != Confusion.Classes)
            throw new ArgumentException($"a row must have {Confusion.Classes} probabilities, got {probabilities.Length}");
        Confusion.Add(label, Ranking.ArgMax(probabilities));
        _ranks[Ranking.Rank(probabilities, label)]++;
        Count++;

        float ofTruth = probabilities[label];
        _crossEntropy -= Math.Log(ofTruth == 0 ? float.Epsilon : ofTruth);
        for (int c = 0; c < probabilities.Length; c++)
        {
            double difference = probabilities[c] - (c == label ? 1.0 : 0.0);
            _squaredError += difference * difference;
        }
    }

    /// <summary>Takes in all that another has gathered.</summary>
    /// <exception cref="ArgumentException">The other has another number of classes.</exception>
    public void Merge(ClassificationMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Confusion.Merge(other.Confusion);
        for (int rank = 0; rank < _ranks.Length; rank++)
            _ranks[rank] += other._ranks[rank];
        Count += other.Count;
        _crossEntropy += other._crossEntropy;
        _squaredError += other._squaredError;
    }
}
