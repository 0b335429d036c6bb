namespace Fovea.Data;

/// <summary>How many samples each class has, and the weights that make up for it.</summary>
public sealed class ClassBalance
{
    private ClassBalance(int[] counts)
    {
        Counts = counts;
        long total = counts.Sum(count => (long)count);
        int present = counts.Count(count => count > 0);
        Weights = [.. counts.Select(count => count == 0 ? 0f : (float)((double)total / present / count))];
    }

    /// <summary>Samples a class.</summary>
    public IReadOnlyList<int> Counts { get; }

    /// <summary>
    /// A weight a class for the loss: samples / (classes · samples of the class), so that all classes weigh alike and a sample
    /// weighs 1 on average. A class without samples has 0.
    /// </summary>
    public IReadOnlyList<float> Weights { get; }

    /// <summary>The most common class's samples for one of the rarest class that has any.</summary>
    public double Ratio => (double)Counts.Max() / Counts.Where(count => count > 0).Min();

    /// <summary>Counts a data set's labels.</summary>
    /// <exception cref="ArgumentException">The data set is empty.</exception>
    public static ClassBalance Of(IDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.Count == 0)
            throw new ArgumentException($"{dataset.Name} has no samples to count", nameof(dataset));
        var counts = new int[dataset.ClassNames.Count];
        for (int i = 0; i < dataset.Count; i++)
            counts[dataset.Label(i)]++;
        return new ClassBalance(counts);
    }
}
