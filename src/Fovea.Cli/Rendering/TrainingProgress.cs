using System.Diagnostics;
using Fovea.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fovea.Cli.Rendering;

/// <summary>
/// Shows how a training run goes: a line an epoch, and below it, where a person looks, a bar that is redrawn in place.
/// </summary>
internal static class TrainingProgress
{
    private const int BarWidth = 20;

    /// <summary>Runs the training and shows its progress meanwhile.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="title">What the run is called among others; null if it is alone.</param>
    /// <param name="run">Does the training.</param>
    public static TrainingEnd Show(Terminal terminal, Trainer trainer, string? title, Func<TrainingEnd> run)
    {
        var meter = new Meter();
        trainer.BatchCompleted += meter.Count;
        trainer.EpochCompleted += epoch => Print(terminal, $"{(title is null ? "" : $"{title}   ")}{Line(epoch, meter.TakeEpochSpeed())}");
        return terminal.ShowsMessages ? Live(terminal.Messages, meter, title ?? "training", run) : run();
    }

    private static TrainingEnd Live(IAnsiConsole console, Meter meter, string title, Func<TrainingEnd> run) =>
        console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new MeterColumn(meter))
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(Printable.Escape(title)));
                meter.Changed = batch =>
                {
                    task.MaxValue = (double)batch.Epochs * batch.Batches;
                    task.Value = (batch.Epoch - 1.0) * batch.Batches + batch.Batch;
                };
                return run();
            });

    private static void Print(Terminal terminal, string line)
    {
        // Through Spectre where its bar is, so that the line goes above it.
        if (terminal.ShowsMessages)
            terminal.Messages.WriteLine(Printable.Escape(line));
        else
            terminal.Say(line);
    }

    private static string Line(EpochResult epoch, double imagesPerSecond)
    {
        string validation = epoch.ValidationAccuracy is { } accuracy && epoch.ValidationLoss is { } loss
            ? $"   validation: loss {Format.Loss(loss)}, accuracy {Format.Percent(accuracy)}{(epoch.IsBest ? " (best)" : "")}"
            : "";
        return $"epoch {epoch.Epoch,3}   loss {Format.Loss(epoch.Loss)}, accuracy {Format.Percent(epoch.Accuracy)}{validation}   {Format.Count((long)imagesPerSecond)} images/s   {Format.Time(epoch.Seconds)}";
    }

    /// <summary>Speed and time left, from the steps made since the run started here.</summary>
    private sealed class Meter
    {
        private const double Pause = 0.05;
        private readonly Lock _lock = new();
        private BatchResult _last;
        private long _start = Stopwatch.GetTimestamp();
        private long _epochStart = Stopwatch.GetTimestamp();
        private long _shown;
        private long _steps;
        private long _images;
        private long _epochImages;

        /// <summary>Told from time to time, not after every step.</summary>
        public Action<BatchResult>? Changed { get; set; }

        public void Count(BatchResult batch)
        {
            bool show;
            lock (_lock)
            {
                // What was prepared before the first step (compiling, reading) is no part of the speed.
                if (_steps++ == 0)
                    _start = Stopwatch.GetTimestamp();
                else
                    _images += batch.Samples;
                _epochImages += batch.Samples;
                _last = batch;
                show = Changed is not null && (_shown == 0 || Stopwatch.GetElapsedTime(_shown).TotalSeconds > Pause);
                if (show)
                    _shown = Stopwatch.GetTimestamp();
            }
            if (show)
                Changed?.Invoke(batch);
        }

        public double TakeEpochSpeed()
        {
            lock (_lock)
            {
                double speed = _epochImages / Stopwatch.GetElapsedTime(_epochStart).TotalSeconds;
                _epochStart = Stopwatch.GetTimestamp();
                _epochImages = 0;
                return speed;
            }
        }

        public override string ToString()
        {
            lock (_lock)
            {
                if (_steps == 0)
                    return "preparing";
                double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
                string state = $"{_last.Epoch}/{_last.Epochs} batch {_last.Batch}/{_last.Batches}  loss {Format.Loss(_last.EpochLoss)}  accuracy {Format.Percent(_last.EpochAccuracy)}";
                if (_steps == 1)
                    return state;
                double stepsLeft = ((double)_last.Epochs - _last.Epoch) * _last.Batches + _last.Batches - _last.Batch;
                return $"{state}  {Format.Count((long)(_images / seconds))} images/s  {Format.Time(seconds / (_steps - 1) * stepsLeft)} left";
            }
        }
    }

    private sealed class MeterColumn(Meter meter) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Spectre.Console.Text(meter.ToString());
    }
}
