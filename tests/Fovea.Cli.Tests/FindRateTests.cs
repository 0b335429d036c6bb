using System.Text.Json;

namespace Fovea.Cli.Tests;

public sealed class FindRateTests : IDisposable
{
    private static readonly string[] Digits = ["find-lr", "digits", "--limit", "200", "--batch-size", "16", "--model", "lenet5"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_rate_is_found_shown_and_drawn()
    {
        CommandRun run = CommandRun.Of([.. Digits, "--out", _folder["rates.html"]]).Succeeds();
        Assert.Contains("a tenth of where the loss is smallest: ", run.Out);
        Assert.Contains("fovea train digits --model lenet5 --optimizer adam", run.Out);
        string page = File.ReadAllText(_folder["rates.html"]);
        Assert.Contains("<polyline", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", page, StringComparison.Ordinal);

        JsonElement report = CommandRun.Of([.. Digits, "--json", "--threads", "1"]).Succeeds().Json();
        Assert.InRange(report.GetProperty("tenthOfMinimum").GetDouble(), 2e-4, 0.02);
        Assert.InRange(report.GetProperty("points").GetArrayLength(), 50, 100);
        Assert.Equal(1e-7, report.GetProperty("points")[0].GetProperty("learningRate").GetDouble(), 1e-12);
        // The same for any number of threads.
        Assert.Equal(report.GetRawText(), CommandRun.Of([.. Digits, "--json", "--threads", "2"]).Succeeds().Json().GetRawText());
    }

    [Fact]
    public void Rates_that_are_all_too_large_are_said_to_be()
    {
        CommandRun run = CommandRun.Of([.. Digits, "--optimizer", "sgd", "--lowest", "1000", "--highest", "1e6"]).Succeeds();
        Assert.Contains("try a smaller --lowest", run.Out);
    }

    [Fact]
    public void A_page_that_cannot_be_written_is_refused_before_the_search() =>
        CommandRun.Of([.. Digits, "--out", _folder["nowhere/rates.html"]]).FailsWith(ExitCode.Failed, "there is no folder");
}
