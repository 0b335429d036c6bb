namespace Fovea.Execution;

/// <summary>What a step of a plan has to do.</summary>
internal readonly record struct StepWork
{
    /// <summary>The operator's word for how.</summary>
    public required string Algorithm { get; init; }

    /// <summary>By the plain formula, all passes over the whole batch.</summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>Floats of activations read and written, all passes over the whole batch.</summary>
    public required double Floats { get; init; }

    /// <summary>Floats of activations that a worker goes through before it comes to the same again.</summary>
    public required double Held { get; init; }

    /// <summary>Floats of parameters.</summary>
    public required double Weights { get; init; }

    /// <summary>How often the parameters are gone through.</summary>
    public required int WeightReads { get; init; }

    /// <summary>Parts that may run at once.</summary>
    public required int Tasks { get; init; }

    /// <summary>How often all threads wait for each other.</summary>
    public required int Meetings { get; init; }
}

/// <summary>
/// Estimates times: the slower of arithmetic, at an algorithm's usual share of the peak, and of moving activations; and
/// reading the weights, which overlaps with nothing. From the cache or from memory, whichever holds them; divided by the
/// workers there are tasks for; and the meetings of threads.
/// </summary>
internal static class CostModel
{
    /// <summary>Half a megabyte: what stays in a core's second-level cache beside other things.</summary>
    private const double CacheFloats = 1 << 17;

    private const double MeetingSeconds = 2e-6;

    /// <summary>36 numbers for 9.</summary>
    private const double WinogradWeights = 4;

    /// <summary>
    /// Multiply-adds by the plain formula, as a share of the peak: measured on a Cascade Lake Xeon over the layers of
    /// the presets. Winograd's F(4×4, 3×3) makes a quarter of them; more than half of its time goes into other things.
    /// </summary>
    private static double ShareOfPeak(string algorithm) => algorithm switch
    {
        "direct" => 0.75,
        "1×1" => 0.70,
        _ when algorithm.StartsWith("Winograd 4", StringComparison.Ordinal) => 1.60,
        _ when algorithm.StartsWith("Winograd", StringComparison.Ordinal) => 1.0,
        "depthwise" => 0.12,
        "direct in groups" or "1×1 in groups" => 0.40,
        "rows" => 0.30,
        AlgorithmNames.TapTable => 0.45,
        AlgorithmNames.PooledTapTable => 0.40,
        AlgorithmNames.SpreadTapTable => 0.11,
        AlgorithmNames.Int8Direct => 1.4,
        AlgorithmNames.Int8Winograd => 2.0,
        AlgorithmNames.MatrixProduct => 0.45,
        _ => 0.05,
    };

    /// <summary>The expected seconds, and whether moving data takes the most of them.</summary>
    public static (double Seconds, bool BoundByMemory) Expect(in StepWork work, CoreFigures core, int threads)
    {
        int workers = Math.Clamp(Math.Min(threads, Environment.ProcessorCount), 1, Math.Max(1, work.Tasks));
        // The last round of tasks keeps some workers waiting.
        double speedup = work.Tasks <= 1 ? 1 : work.Tasks / Math.Ceiling((double)work.Tasks / workers);
        double arithmetic = 2e-9 * work.MultiplyAdds / (core.Gflops * ShareOfPeak(work.Algorithm));
        double movement = Seconds(work.Floats, work.Held);
        double weights = work.Weights * (work.Algorithm.StartsWith("Winograd", StringComparison.Ordinal) ? WinogradWeights : 1);
        double waiting = Seconds(weights * work.WeightReads, weights);
        double meetings = workers > 1 ? work.Meetings * MeetingSeconds : 0;
        return ((Math.Max(arithmetic, movement) + waiting) / speedup + meetings, movement + waiting > arithmetic);

        double Seconds(double floats, double held) =>
            1e-9 * sizeof(float) * floats / (held <= CacheFloats ? core.CacheGigabytes : core.MemoryGigabytes);
    }
}
