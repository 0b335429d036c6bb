using Fovea.Data;
using Fovea.Runs;
using Fovea.Runs.Text;
using Fovea.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fovea.Cli.Rendering;

/// <summary>
/// Shows what happens: messages, a line an epoch, and below it, where a person looks, what is under way, redrawn in place.
/// </summary>
internal sealed class TerminalProgress(Terminal terminal) : IProgress<RunEvent>, IDisposable
{
    private const int BarWidth = 20;

    private readonly CountLine _reading = new(terminal, "images read");
    private readonly CountLine _features = new(terminal, "images' features computed");
    private readonly Lock _lock = new();
    private LiveBar? _bar;
    private string? _file;
    private string _state = "preparing";

    public void Report(RunEvent value)
    {
        if (value is ReadingProgress reading)
        {
            _reading.Show(reading.Done, reading.Total);
            return;
        }
        if (value is FeatureProgress features)
        {
            _features.Show(features.Done, features.Total);
            return;
        }
        lock (_lock)
        {
            _reading.Clear();
            _features.Clear();
            switch (value)
            {
                case RunMessage message:
                    Say(message.Line);
                    break;
                case DownloadEvent download:
                    Show(download.Download);
                    break;
                case TrainingStarted started:
                    terminal.EndsInGoodOrder = true;
                    _state = "preparing";
                    if (terminal.ShowsMessages)
                        _bar = new LiveBar(terminal.Messages, started.Title ?? "training", new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new TextColumn(() => _state));
                    break;
                case BatchProgress step:
                    _state = Line(step);
                    _bar?.Set((step.Batch.Epoch - 1.0) * step.Batch.Batches + step.Batch.Batch, (double)step.Batch.Epochs * step.Batch.Batches);
                    break;
                case EpochProgress epoch:
                    Say($"{(epoch.Title is null ? "" : $"{epoch.Title}   ")}{Line(epoch.Epoch, epoch.ImagesPerSecond)}");
                    break;
                case TrainingEnded:
                    End();
                    break;
            }
        }
    }

    /// <summary>Takes away what is redrawn, also if the work has failed.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _reading.Clear();
            _features.Clear();
            End();
        }
    }

    private void Say(string line)
    {
        // Through Spectre where its bar is, so that the line goes above it.
        if (_bar is not null)
            terminal.Messages.WriteLine(Printable.Escape(line));
        else
            terminal.Say(line);
    }

    /// <summary>A bar where a person looks, else a line when a file starts and when it is there.</summary>
    private void Show(DownloadProgress download)
    {
        if (download.FileName != _file)
        {
            _file = download.FileName;
            if (terminal.ShowsMessages)
                _bar = new LiveBar(
                    terminal.Messages, download.FileName,
                    new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn());
            else
                terminal.Say($"downloading {download.FileName} ({Format.Bytes(download.Total)})");
        }
        _bar?.Set(download.Bytes, download.Total);
        if (download.Bytes != download.Total)
            return;
        _file = null;
        if (terminal.ShowsMessages)
            End();
        else
            terminal.Say($"  {download.FileName} is here");
    }

    private void End()
    {
        _bar?.Dispose();
        _bar = null;
    }

    private static string Line(EpochResult epoch, double imagesPerSecond)
    {
        string validation = epoch.ValidationAccuracy is { } accuracy && epoch.ValidationLoss is { } loss
            ? $"   validation: loss {Format.Loss(loss)}, accuracy {Format.Percent(accuracy)}{(epoch.IsBest ? " (best)" : "")}"
            : "";
        return $"epoch {epoch.Epoch,3}   loss {Format.Loss(epoch.Loss)}, accuracy {Format.Percent(epoch.Accuracy)}{validation}   {Format.Count((long)imagesPerSecond)} images/s   {Format.Time(epoch.Seconds)}";
    }

    private static string Line(BatchProgress step)
    {
        BatchResult batch = step.Batch;
        string state = $"{batch.Epoch}/{batch.Epochs} batch {batch.Batch}/{batch.Batches}  loss {Format.Loss(batch.EpochLoss)}  accuracy {Format.Percent(batch.EpochAccuracy)}";
        return step.ImagesPerSecond == 0 ? state : $"{state}  {Format.Count((long)step.ImagesPerSecond)} images/s  {Format.Time(step.SecondsLeft)} left";
    }

    private sealed class TextColumn(Func<string> text) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Spectre.Console.Text(text());
    }
}
