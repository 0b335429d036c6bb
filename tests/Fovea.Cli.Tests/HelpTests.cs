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
    [InlineData("export")]
    [InlineData("filter")]
    [InlineData("data")]
    [InlineData("help")]
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
    public void The_name_alone_shows_the_help() => Assert.Equal(CommandRun.Of("--help").Out, CommandRun.Of().Succeeds().Out);

    [Theory]
    [InlineData("")]
    [InlineData("train")]
    [InlineData("data")]
    [InlineData("data get")]
    [InlineData("help")]
    public void Help_is_a_command_as_well_as_an_option(string command) =>
        Assert.Equal(CommandRun.Of([.. Words(command), "--help"]).Out, CommandRun.Of(["help", .. Words(command)]).Succeeds().Out);

    [Fact]
    public void Many_options_come_in_groups_and_each_in_one()
    {
        string help = CommandRun.Of("train", "--help").Succeeds().Out;
        foreach (string heading in (string[])["Data:", "Network:", "Optimization:", "Learning rate schedule:", "Augmentation:", "Evaluation:", "Run:", "Other options:"])
            Assert.Contains($"\n{heading}", help);
        Assert.DoesNotContain("\nOptions:", help);
        string[] others = [.. help.Split('\n').SkipWhile(line => line != "Other options:").Skip(1).TakeWhile(line => line.Length > 0)];
        Assert.All(others, line => Assert.Contains("--help", line));
        string[] named = [.. help.Split('\n').Where(line => line.StartsWith("  -", StringComparison.Ordinal)).Select(line => line.Split(' ', ',').First(word => word.StartsWith("--", StringComparison.Ordinal)))];
        Assert.Equal(named.Distinct(), named);
    }

    [Fact]
    public void Help_comes_even_if_the_rest_of_the_line_is_wrong() =>
        Assert.Contains("Examples:", CommandRun.Of("train", "digits", "--epochs", "x", "--help").Succeeds().Out);

    [Fact]
    public void The_version_is_printed_alone() =>
        Assert.Matches(@"^\d+\.\d+\.\d+\r?\n$", CommandRun.Of("--version").Succeeds().Out);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
