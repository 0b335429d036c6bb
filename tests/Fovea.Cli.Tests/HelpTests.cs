namespace Fovea.Cli.Tests;

public class HelpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("train")]
    [InlineData("recipes")]
    [InlineData("find-lr")]
    [InlineData("evaluate")]
    [InlineData("compare")]
    [InlineData("predict")]
    [InlineData("summary")]
    [InlineData("quantize")]
    [InlineData("filter")]
    [InlineData("data")]
    [InlineData("data list")]
    [InlineData("data get")]
    [InlineData("data export")]
    public void Help_shows_examples_of_the_command_itself(string command)
    {
        CommandRun run = CommandRun.Of([.. Words(command), "--help"]).Succeeds();

        Assert.Empty(run.Error);
        string[] examples = [.. run.Out.Split('\n').SkipWhile(line => line != "Examples:").Skip(1).Where(line => line.Length > 0)];
        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Contains($"fovea {command}".TrimEnd(), example));
        Assert.Contains("Usage:", run.Out);
    }

    [Fact]
    public void Help_comes_even_if_the_rest_of_the_line_is_wrong() =>
        Assert.Contains("Examples:", CommandRun.Of("train", "digits", "--epochs", "x", "--help").Succeeds().Out);

    [Fact]
    public void The_version_is_printed_alone() =>
        Assert.Matches(@"^\d+\.\d+\.\d+\r?\n$", CommandRun.Of("--version").Succeeds().Out);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
