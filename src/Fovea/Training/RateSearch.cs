namespace Fovea.Training;

/// <summary>One step of a search for a learning rate.</summary>
/// <param name="LearningRate">The rate tried.</param>
/// <param name="Loss">The loss of the step's batch.</param>
/// <param name="Smoothed">The mean of the losses around, weighted by a bell curve.</param>
public readonly record struct RatePoint(double LearningRate, double Loss, double Smoothed);

/// <summary>What a search for a learning rate found.</summary>
/// <param name="Points">The steps made, up to where the loss exploded.</param>
/// <param name="TenthOfMinimum">A tenth of the rate at which the smoothed loss was smallest: the suggestion. Null if it never fell.</param>
/// <param name="Steepest">The rate at which the smoothed loss fell fastest, in proportion to itself; null if it never fell.</param>
/// <param name="Exploded">Whether the search ended before its highest rate.</param>
public sealed record RateSearch(IReadOnlyList<RatePoint> Points, double? TenthOfMinimum, double? Steepest, bool Exploded)
{
    /// <summary>The standard deviation of the bell curve as a share of the steps: a third of a power of ten in the usual range.</summary>
    private const double Width = 0.04;

    /// <summary>
    /// Both suggestions. Single losses differ from batch to batch by far more than one step changes them, and a mean of past
    /// ones would lag behind, so that losses are smoothed to both sides.
    /// </summary>
    /// <param name="rates">The rates tried, growing by one factor.</param>
    /// <param name="losses">The loss at each.</param>
    /// <param name="steps">The steps that were to be made.</param>
    internal static RateSearch Of(IReadOnlyList<double> rates, IReadOnlyList<double> losses, int steps)
    {
        double[] smoothed = Smooth(losses, Width * steps);
        RatePoint[] points = [.. rates.Select((rate, i) => new RatePoint(rate, losses[i], smoothed[i]))];
        int smallest = smoothed.Length == 0 ? 0 : Array.IndexOf(smoothed, smoothed.Min()), steepest = 0;
        double steepestFall = 0;
        for (int i = 1; i <= smallest && i + 1 < smoothed.Length; i++)
        {
            // The rates' logarithms are evenly spaced.
            double fall = Math.Log(smoothed[i - 1] / smoothed[i + 1]);
            if (fall > steepestFall)
                (steepest, steepestFall) = (i, fall);
        }
        bool exploded = losses.Count < steps;
        return steepest == 0
            ? new RateSearch(points, null, null, exploded)
            : new RateSearch(points, rates[smallest] / 10, rates[steepest], exploded);
    }

    private static double[] Smooth(IReadOnlyList<double> values, double deviation)
    {
        var smoothed = new double[values.Count];
        for (int i = 0; i < smoothed.Length; i++)
        {
            double sum = 0, weights = 0;
            for (int j = 0; j < smoothed.Length; j++)
            {
                double weight = Math.Exp(-0.5 * (i - j) * (i - j) / (deviation * deviation));
                sum += weight * values[j];
                weights += weight;
            }
            smoothed[i] = sum / weights;
        }
        return smoothed;
    }
}
