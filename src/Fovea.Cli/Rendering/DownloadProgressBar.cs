using Fovea.Data;
using Spectre.Console;

namespace Fovea.Cli.Rendering;

/// <summary>Shows how a download goes: a bar where a person looks, else a line when a file starts and when it is there.</summary>
internal static class DownloadProgressBar
{
    /// <summary>Runs something that may download, and shows its progress; nothing is shown if it does not.</summary>
    public static T Show<T>(Terminal terminal, Func<Action<DownloadProgress>, T> work)
    {
        if (!terminal.ShowsMessages)
            return work(Lines(terminal));
        return terminal.Messages.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var tasks = new Dictionary<string, ProgressTask>();
                return work(progress =>
                {
                    if (!tasks.TryGetValue(progress.FileName, out ProgressTask? task))
                        tasks.Add(progress.FileName, task = context.AddTask(Markup.Escape(Printable.Escape(progress.FileName)), maxValue: progress.Total));
                    task.Value = progress.Bytes;
                });
            });
    }

    private static Action<DownloadProgress> Lines(Terminal terminal)
    {
        string? current = null;
        return progress =>
        {
            if (progress.FileName != current)
                terminal.Say($"downloading {current = progress.FileName} ({Format.Bytes(progress.Total)})");
            if (progress.Bytes == progress.Total)
                terminal.Say($"  {progress.FileName} is here");
        };
    }
}
