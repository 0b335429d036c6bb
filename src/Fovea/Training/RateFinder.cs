using Fovea.Data;
using Fovea.Networks;
using Fovea.Optimizers;

namespace Fovea.Training;

/// <summary>
/// Finds a learning rate by trying: the range test (Smith, 2017). One batch a step, at rates that grow geometrically from
/// far too small to far too large; the loss first stands, then falls, then explodes. A good base rate lies at a tenth of
/// where it is smallest.
/// </summary>
public static class RateFinder
{
    private const double Memory = 0.9;
    private const double Explosion = 4;

    /// <summary>Makes the test. The network ends with the very parameters that it had.</summary>
    /// <param name="network">What is to be trained.</param>
    /// <param name="optimizer">A fresh one, of the kind that is to be used; it is used up.</param>
    /// <param name="training">What is to be learned from.</param>
    /// <param name="options">How the run would go: batch size, loss, augmentation, clipping, seed and threads count here.</param>
    /// <param name="range">The rates; the usual ones if null.</param>
    /// <param name="normalization">What is done to every image; nothing if null.</param>
    /// <param name="progress">Called after every step with its rate and loss.</param>
    /// <param name="cancellation">Ends it with an exception.</param>
    /// <exception cref="ArgumentException">Network and data do not match, or the optimiser has made steps already.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the network is as it was.</exception>
    public static RateSearch Find(
        Network network, Optimizer optimizer, IDataset training, TrainingOptions? options = null, RateRange? range = null,
        Normalization? normalization = null, Action<double, double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(optimizer);
        if (optimizer.StepCount != 0)
            throw new ArgumentException("the optimizer has made steps already; the search needs a fresh one", nameof(optimizer));
        options = (options ?? new TrainingOptions()).Check();
        range ??= new RateRange();
        using var feed = new TrainingFeed(network, training, options, normalization);
        optimizer.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
        float[][] before = [.. network.Parameters.Select(parameter => parameter.Value.Values.ToArray())];
        try
        {
            List<double> losses = Try(feed, optimizer, options, range, progress, cancellation);
            return RateSearch.Of([.. Enumerable.Range(0, losses.Count).Select(range.Rate)], losses, range.Steps);
        }
        finally
        {
            for (int p = 0; p < before.Length; p++)
                before[p].CopyTo(network.Parameters[p].Value.Span);
        }
    }

    /// <summary>The losses, up to the end or the explosion.</summary>
    private static List<double> Try(
        TrainingFeed feed, Optimizer optimizer, TrainingOptions options, RateRange range, Action<double, double>? progress, CancellationToken cancellation)
    {
        var losses = new List<double>();
        double mean = 0, best = double.PositiveInfinity;
        for (int step = 0; step < range.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (step % feed.BatchCount == 0)
                feed.Batches.StartEpoch(step / feed.BatchCount, 0);
            BatchQueue.Slot samples = feed.Batches.Take();
            optimizer.LearningRate = (float)range.Rate(step);
            double loss = feed.Plan.TrainingStep(samples.Images, samples.Targets, options.Loss);
            if (!double.IsFinite(loss))
                break;
            mean = Memory * mean + (1 - Memory) * loss;
            // A mean that began with nothing is too small by this.
            double smooth = mean / (1 - Math.Pow(Memory, step + 1));
            losses.Add(loss);
            progress?.Invoke(range.Rate(step), loss);
            best = Math.Min(best, smooth);
            if (smooth > Explosion * best)
                break;
            feed.Plan.Update(optimizer, options.MaxGradientNorm);
        }
        return losses;
    }
}

/// <summary>The rates that a search tries, each a constant factor above the one before.</summary>
public sealed record RateRange
{
    /// <summary>Fewer steps tell nothing.</summary>
    public const int MinSteps = 20;

    // What optimisers hold in single precision, with room for their arithmetic.
    private const double Least = 1e-30, Most = 1e30;

    /// <summary>A range.</summary>
    /// <param name="lowest">The first rate, 1e-30 or more.</param>
    /// <param name="highest">The last rate, above the first, 1e30 or less.</param>
    /// <param name="steps">How many rates, 20 or more.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public RateRange(double lowest = 1e-7, double highest = 10, int steps = 100)
    {
        Lowest = Guard.Between(lowest, Least, Most, "the lowest learning rate");
        Highest = Guard.Between(highest, Least, Most, "the highest learning rate");
        if (highest <= lowest)
            throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the highest learning rate must be above the lowest, {lowest}, got {highest}"));
        if (steps < MinSteps)
            throw new ArgumentException($"a search takes {MinSteps} steps or more, got {steps}");
        Steps = steps;
    }

    /// <summary>The first rate.</summary>
    public double Lowest { get; }

    /// <summary>The last rate.</summary>
    public double Highest { get; }

    /// <summary>How many rates.</summary>
    public int Steps { get; }

    /// <summary>The rate of a step, from 0.</summary>
    public double Rate(int step) => Lowest * Math.Pow(Highest / Lowest, step / (Steps - 1.0));
}
