using System.Diagnostics;
using Fovea.Training;

namespace Fovea.Runs.Training;

/// <summary>Tells of a run's steps from time to time, with speed and time left from the steps made since the run started here.</summary>
/// <param name="title">What the run is called among others; null if it is alone.</param>
/// <param name="progress">Whom to tell.</param>
internal sealed class SpeedMeter(string? title, IProgress<RunEvent>? progress)
{
    private const double Pause = 0.05;

    private long _start;
    private long _epochStart = Stopwatch.GetTimestamp();
    private long _told;
    private long _steps;
    private long _images;
    private long _epochImages;

    /// <summary>A step was made.</summary>
    public void Count(BatchResult batch)
    {
        // What was prepared before the first step (compiling, reading) is no part of the speed.
        if (_steps++ == 0)
            _start = Stopwatch.GetTimestamp();
        else
            _images += batch.Samples;
        _epochImages += batch.Samples;
        if (progress is null || _told != 0 && Stopwatch.GetElapsedTime(_told).TotalSeconds < Pause)
            return;
        _told = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds, stepsLeft = ((double)batch.Epochs - batch.Epoch) * batch.Batches + batch.Batches - batch.Batch;
        progress.Report(_steps == 1 ? new BatchProgress(title, batch, 0, 0) : new BatchProgress(title, batch, _images / seconds, seconds / (_steps - 1) * stepsLeft));
    }

    /// <summary>Images a second since the last time.</summary>
    public double TakeEpochSpeed()
    {
        double speed = _epochImages / Stopwatch.GetElapsedTime(_epochStart).TotalSeconds;
        _epochStart = Stopwatch.GetTimestamp();
        _epochImages = 0;
        return speed;
    }
}
