using System.Diagnostics;
using System.Globalization;

namespace Fovea.Benchmarks.Race;

/// <summary>How figures are taken, and how they are told: a line <c>figure threads value unit</c> each.</summary>
/// <param name="Cache">The folder of the exported files.</param>
/// <param name="Threads">The most threads Fovea may use.</param>
/// <param name="Seconds">How long one figure is timed.</param>
internal sealed record RaceSetting(string Cache, int Threads, double Seconds)
{
    private const double LargestDeviation = 1e-3;

    /// <summary>Seconds of the fastest call, after half a second and more to warm up and to be compiled; at least three calls.</summary>
    public double Fastest(Action action)
    {
        action();
        Repeat(0.5 + Seconds / 10, action);
        return Repeat(Seconds, action);
    }

    public void Say(string figure, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure} {Threads} {value:G6} {unit}"));

    /// <summary>Says how far Fovea's numbers are from PyTorch's, relative to the largest.</summary>
    /// <exception cref="RaceException">They are too far: there is nothing to time.</exception>
    public void SayDeviation(string figure, params ReadOnlySpan<double> deviations)
    {
        double worst = 0;
        foreach (double deviation in deviations)
            worst = Math.Max(worst, deviation); // NaN stays
        if (!(worst <= LargestDeviation))
            throw new RaceException(string.Create(CultureInfo.InvariantCulture, $"{figure}: Fovea's numbers differ from PyTorch's by {worst:E1} of the largest, at most {LargestDeviation} is allowed"));
        Say($"{figure}-deviation", worst, "relative");
    }

    /// <summary>Bytes that a call allocates on all threads together.</summary>
    public void SayAllocated(string figure, Action action)
    {
        const int calls = 4;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int call = 0; call < calls; call++)
            action();
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Say($"{figure}-allocated", (double)allocated / calls, "bytes");
    }

    private static double Repeat(double seconds, Action action)
    {
        double best = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        do
        {
            long one = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(one).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        return best;
    }
}

/// <summary>A figure that cannot be taken; the message is for the person who runs the race.</summary>
internal sealed class RaceException(string message) : Exception(message);
