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
    public void Plain_tables_are_aligned_columns()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var table = new TextTable("name", ">count");
        table.Add("a", "1,000");
        table.Add("long name", "2");

        table.Print(new Terminal { Out = output, Error = TextWriter.Null });

        Assert.Equal("name       count\na          1,000\nlong name      2\n", output.ToString());
    }

    [Theory]
    [InlineData(4.24, "4.2 s")]
    [InlineData(200, "3:20 min")]
    [InlineData(3900, "1:05:00 h")]
    public void Times_are_readable(double seconds, string text) => Assert.Equal(text, Format.Time(seconds));

    [Theory]
    [InlineData("runs/a-b_1/model.safetensors", "runs/a-b_1/model.safetensors")]
    [InlineData("my runs/x", "\"my runs/x\"")]
    public void Paths_can_be_pasted(string path, string pasted) => Assert.Equal(pasted, Format.Path(path));

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
