namespace Fovea.Metrics;

/// <summary>
/// Whether a classifier is right as often as it says: samples are put into bins of equal width by the probability of the
/// guess, and each bin's mean probability is held against the share that is right. After Guo, Pleiss, Sun, Weinberger,
/// "On calibration of modern neural networks" (2017).
/// </summary>
public sealed class Calibration
{
    private readonly (long Count, double Confidence, long Right)[] _bins;

    /// <summary>Nothing gathered yet.</summary>
    /// <param name="bins">How many bins [0, 1] is cut into.</param>
    /// <exception cref="ArgumentException">There is no bin.</exception>
    public Calibration(int bins = 10) => _bins = new (long, double, long)[Guard.AtLeastOne(bins, "the number of bins")];

    /// <summary>The bins that hold samples, by rising probability.</summary>
    public IReadOnlyList<CalibrationBin> Bins =>
        [.. _bins.Where(bin => bin.Count > 0).Select(bin => new CalibrationBin(bin.Count, bin.Confidence / bin.Count, (double)bin.Right / bin.Count))];

    /// <summary>
    /// The expected calibration error: the mean over all samples of their bin's distance between mean probability and
    /// share of right ones. NaN without samples.
    /// </summary>
    public double ExpectedError => Bins.Sum(bin => bin.Count * Math.Abs(bin.Accuracy - bin.Confidence)) / _bins.Sum(bin => bin.Count);

    /// <summary>Takes one sample in.</summary>
    /// <param name="probabilities">What the network gave: (classes).</param>
    /// <param name="label">The true class.</param>
    public void Add(ReadOnlySpan<float> probabilities, int label)
    {
        int guess = Ranking.ArgMax(probabilities);
        float confidence = probabilities[guess];
        // A probability on the border of two bins counts to the upper one, 1 to the last.
        ref (long Count, double Confidence, long Right) bin = ref _bins[Math.Clamp((int)(confidence * _bins.Length), 0, _bins.Length - 1)];
        bin = (bin.Count + 1, bin.Confidence + confidence, bin.Right + (guess == label ? 1 : 0));
    }
}

/// <summary>Samples whose guesses have about the same probability.</summary>
/// <param name="Count">How many.</param>
/// <param name="Confidence">The mean probability of their guesses.</param>
/// <param name="Accuracy">The share whose guess is right.</param>
public sealed record CalibrationBin(long Count, double Confidence, double Accuracy);
