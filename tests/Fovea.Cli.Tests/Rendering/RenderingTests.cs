using Fovea.Cli.Rendering;
using Fovea.Imaging;
using Fovea.Runs.Text;

namespace Fovea.Cli.Tests.Rendering;

public class RenderingTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "████████████████████████")]
    [InlineData(0.5, "████████████")]
    [InlineData(1.0 / 48, "▌")]
    [InlineData(2, "████████████████████████")]
    public void Bars_are_as_long_as_the_share(double share, string bar)
    {
        Assert.Equal(24, GuessLines.Bar(share).Length);
        Assert.Equal(bar, GuessLines.Bar(share).TrimEnd());
    }

    [Fact]
    public void People_get_colours_and_frames()
    {
        using var output = new StringWriter();
        var terminal = new Terminal { Out = output, Error = TextWriter.Null, ShowsResults = true };
        GuessLines.Write(terminal, [new Guess("[a]", 0.75), new Guess("b", 0.25)]);
        var table = new TextTable("name");
        table.Add("[b]");
        table.Print(terminal);

        Assert.Contains("[a]", output.ToString());
        Assert.Contains("██████", output.ToString());
        Assert.Contains("[b]", output.ToString());
    }
}
