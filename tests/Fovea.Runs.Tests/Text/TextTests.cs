using Fovea.Runs.Text;

namespace Fovea.Runs.Tests.Text;

public class TextTests
{
    [Fact]
    public void Tables_are_aligned_columns_with_names_escaped()
    {
        var table = new TextTable("name", ">co\nunt");
        table.Add("a", "1,000");
        table.Add("long\u202Ename", "2");
        Assert.Equal(["name            co\\nunt", "a                 1,000", "long\\u202Ename        2"], table.Lines());
        Assert.Equal((false, true), (table.IsNumber(0), table.IsNumber(1)));
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

    [Theory]
    [InlineData("Something failed.\nAnd more.", "something failed. And more")]
    [InlineData("It is wrong (Parameter 'x')", "it is wrong")]
    [InlineData("PNG is no word", "PNG is no word")]
    [InlineData("DirectoryInfo is a type", "DirectoryInfo is a type")]
    public void Errors_are_one_line(string message, string line) => Assert.Equal(line, ErrorText.OneLine(message));
}
