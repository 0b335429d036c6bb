using System.Diagnostics;

namespace Fovea.Runs.Training;

/// <summary>How long something took.</summary>
/// <param name="Seconds">By the clock on the wall.</param>
/// <param name="ProcessorSeconds">Of all processors together.</param>
/// <param name="SinceResumed">Whether an earlier part, of a process that was ended, is missing.</param>
public sealed record RunTime(double Seconds, double ProcessorSeconds, bool SinceResumed = false)
{
    /// <summary>One after the other.</summary>
    public static RunTime operator +(RunTime first, RunTime second) =>
        new(first.Seconds + second.Seconds, first.ProcessorSeconds + second.ProcessorSeconds, first.SinceResumed || second.SinceResumed);
}

/// <summary>Measures time from when it was made.</summary>
internal sealed class RunClock
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly double _processor = Processor;

    /// <summary>The time since then.</summary>
    public RunTime Elapsed => new(Stopwatch.GetElapsedTime(_start).TotalSeconds, Processor - _processor);

    private static double Processor
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }
}
