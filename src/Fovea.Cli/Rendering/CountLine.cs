using Fovea.Runs.Text;

namespace Fovea.Cli.Rendering;

/// <summary>
/// How many of some things are done, in one line of the terminal that is redrawn in place; nothing where nobody looks.
/// May be told from many threads at once.
/// </summary>
/// <param name="terminal">Where messages go.</param>
/// <param name="what">What they are, in the plural.</param>
/// <param name="clock">Tells when to draw again; the system's unless given.</param>
internal sealed class CountLine(Terminal terminal, string what, TimeProvider? clock = null)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _drawing = new();
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private long _drawn = (clock ?? TimeProvider.System).GetTimestamp();
    private int _width;

    /// <summary>Draws the line, unless it was drawn a moment ago or all is done.</summary>
    public void Show(int done, int total)
    {
        if (!terminal.ShowsMessages || done >= total)
            return;
        lock (_drawing)
        {
            if (_clock.GetElapsedTime(_drawn) < Interval)
                return;
            string line = $"{Format.Count(done)} of {Format.Count(total)} {what}";
            terminal.Redraw(line.PadRight(_width));
            (_width, _drawn) = (Math.Max(_width, line.Length), _clock.GetTimestamp());
        }
    }

    /// <summary>Takes the line away, so that something can be written.</summary>
    public void Clear()
    {
        lock (_drawing)
        {
            if (_width > 0)
            {
                terminal.Redraw(new string(' ', _width));
                terminal.Redraw("");
            }
            _width = 0;
        }
    }
}
