using Spectre.Console;

namespace Fovea.Cli.Rendering;

/// <summary>A bar of the terminal that is redrawn in place until it is disposed.</summary>
internal sealed class LiveBar : IDisposable
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _drawing;
    private ProgressTask _task = null!;

    /// <summary>Draws it.</summary>
    /// <param name="console">Where.</param>
    /// <param name="title">What it shows; any text.</param>
    /// <param name="columns">What is beside the title.</param>
    public LiveBar(IAnsiConsole console, string title, params ProgressColumn[] columns)
    {
        _drawing = console.Progress().AutoClear(true).Columns(columns).StartAsync(context =>
        {
            _task = context.AddTask(Markup.Escape(Printable.Escape(title)));
            return _end.Task;
        });
    }

    /// <summary>How much is done.</summary>
    public void Set(double value, double of) => (_task.MaxValue, _task.Value) = (of, value);

    /// <summary>Takes it away.</summary>
    public void Dispose()
    {
        _end.TrySetResult();
        _drawing.GetAwaiter().GetResult();
    }
}
