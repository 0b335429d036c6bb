using Fovea.Cli.Rendering;

namespace Fovea.Cli.Tests.Rendering;

public class CountLineTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void A_line_is_redrawn_in_place_and_leaves_nothing_behind()
    {
        using var error = new StringWriter();
        var line = new CountLine(new Terminal { Out = TextWriter.Null, Error = error, ShowsMessages = true }, "images", _clock);
        line.Show(1, 2000);
        Assert.Equal("", error.ToString());
        _clock.Milliseconds += 120;
        line.Show(1200, 2000);
        line.Show(1201, 2000);
        Assert.Equal("\r1,200 of 2,000 images", error.ToString());
        line.Clear();
        line.Clear();
        Assert.Equal($"\r1,200 of 2,000 images\r{new string(' ', 21)}\r", error.ToString());
        _clock.Milliseconds += 120;
        line.Show(2000, 2000);
        Assert.EndsWith(" \r", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_drawn_where_nobody_looks()
    {
        using var error = new StringWriter();
        var line = new CountLine(new Terminal { Out = TextWriter.Null, Error = error }, "images", _clock);
        _clock.Milliseconds += 120;
        line.Show(1, 2);
        line.Clear();
        Assert.Equal("", error.ToString());
    }

    /// <summary>Goes on when it is told to.</summary>
    private sealed class Clock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
