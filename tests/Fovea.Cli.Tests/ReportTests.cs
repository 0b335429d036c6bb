using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Fovea.Runs.Pages;
using Fovea.Training;

namespace Fovea.Cli.Tests;

/// <summary>Pages about runs and evaluations.</summary>
public class ReportTests(TrainedModel trained) : IClassFixture<TrainedModel>
{
    [Fact]
    public void A_run_leaves_a_page_of_its_own()
    {
        XElement page = Load(Path.Combine(Path.GetDirectoryName(trained.Model)!, "report.html"));

        string text = string.Join('\n', page.DescendantNodes().OfType<XText>().Select(node => node.Value));
        foreach (string word in (string[])["Training", "Loss", "Learning rate", "precision", "most confused pairs", "expected calibration error", "worst mistakes", "Kernels of the first", "fovea train digits --limit 300", "seed", "runtime"])
            Assert.Contains(word, text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(4, page.Descendants("svg").Count());
    }

    [Fact]
    public void An_evaluation_shows_what_it_counted_and_nothing_from_elsewhere()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Of("evaluate", trained.Model, "digits", "--limit", "100", "--report", folder["a.html"], "--json").Succeeds();
        XElement page = Load(folder["a.html"]);

        int wrong = 100 - (int)Math.Round(100 * run.Json().GetProperty("accuracy").GetDouble());
        Assert.Contains($"{wrong} of 100 samples", page.Value);
        Assert.Equal(Math.Min(wrong, 24), page.Descendants("figure").Count());
        JsonElement[] mistakes = [.. run.Json().GetProperty("mistakes").EnumerateArray()];
        Assert.Equal(wrong, mistakes.Length);
        Assert.All(mistakes, mistake => Assert.NotEqual(mistake.GetProperty("truth").GetString(), mistake.GetProperty("guess").GetString()));
        double[] worst = [.. mistakes.Select(mistake => mistake.GetProperty("probabilityOfTruth").GetDouble())];
        Assert.Equal(worst.Order(), worst);
        double calibration = run.Json().GetProperty("calibrationError").GetDouble();
        Assert.Contains($"expected calibration error {(100 * calibration).ToString("F2", CultureInfo.InvariantCulture)} %", CommandRun.Of("evaluate", trained.Model, "digits", "--limit", "100").Succeeds().Out);
        Assert.Contains(page.Descendants("img"), img => img.Attribute("title")!.Value.StartsWith("kernel 0", StringComparison.Ordinal));
        foreach (XElement picture in page.Descendants("img"))
        {
            string source = picture.Attribute("src")!.Value;
            Assert.StartsWith("data:image/png;base64,", source);
            Imaging.ImageFile.Decode(Convert.FromBase64String(source[22..]));
        }
        Assert.DoesNotContain("http://", page.ToString());
        Assert.DoesNotContain("https://", page.ToString());
        CommandRun.Of("evaluate", trained.Model, "digits", "--limit", "100", "--report", folder["none/a.html"]).FailsWith(ExitCode.Failed, $"there is no folder {folder["none"]} to write the report a.html to");
    }

    [Theory]
    [InlineData("Overfitting from epoch 2", 1.0, 0.5, 0.4, 0.45, 0.1, 0.9)]
    [InlineData("Underfitting", 1.0, 0.9, 0.8, 0.7, 0.6, 0.5)]
    [InlineData("good fit", 1.0, 1.1, 0.2, 0.21, 0.19, 0.208)]
    public void Curves_are_put_into_words(string words, params double[] losses)
    {
        // Training and validation loss of three epochs, in turn.
        EpochResult[] history = [.. Enumerable.Range(0, 3).Select(e => new EpochResult(e + 1, losses[2 * e], 0.9, losses[2 * e + 1], 0.9, 0.1f, 1, true))];
        Assert.Contains(words, FitVerdict.Of(history, 0.1));
    }

    [Fact]
    public void Large_gaps_nothing_learnt_and_missing_validation_are_said()
    {
        EpochResult epoch = new(1, 0.1, 0.99, 0.4, 0.85, 0.1f, 1, true);
        Assert.Contains("Overfitting: 99.00 %", FitVerdict.Of([epoch], 0.1));
        EpochResult[] stuck = [.. Enumerable.Range(1, 8).Select(e => new EpochResult(e, 2.303, 0.11, 2.302, 0.1, 0.1f, 1, e == 1))];
        Assert.Contains("Underfitting: the validation loss has settled, but no more than 11.00 %", FitVerdict.Of(stuck, 0.1));
        Assert.Contains("Too few epochs", FitVerdict.Of([epoch with { Accuracy = 0.52, ValidationAccuracy = 0.4 }], 0.5));
        Assert.Contains("No samples were kept", FitVerdict.Of([epoch with { ValidationLoss = null, ValidationAccuracy = null }], 0.1));
    }

    /// <summary>66 % of two equal classes are no good fit, nor are 92 % where one class has 90 %.</summary>
    [Theory]
    [InlineData(0.66, 0.5, "Underfitting")]
    [InlineData(0.92, 0.9, "Underfitting")]
    [InlineData(0.9, 0.9, "Underfitting")]
    [InlineData(0.95, 0.5, "good fit")]
    [InlineData(0.98, 0.9, "good fit")]
    [InlineData(0.65, 0.1, "good fit")]
    [InlineData(1, 1, "good fit")]
    public void What_is_recognised_is_held_against_the_most_common_class(double accuracy, double majority, string verdict)
    {
        EpochResult[] settled = [.. Enumerable.Range(1, 8).Select(e => new EpochResult(e, 0.6, accuracy, 0.6, accuracy, 0.1f, 1, e == 1))];
        Assert.Contains(verdict, FitVerdict.Of(settled, majority));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(30, 10, 300)]
    [InlineData(600, 3, 400)]
    public void The_learning_rate_is_drawn_by_steps(long steps, int made, int points)
    {
        var schedule = new Schedules.OneCycle();
        IReadOnlyList<(double Epoch, double Rate)> curve = RateCurve.Of(schedule, 0.1, steps, epochs: 10, made);

        Assert.Equal(points, curve.Count);
        Assert.Equal((0.0, 0.1 * schedule.Factor(0, 10 * steps, steps)), curve[0]);
        Assert.Equal(made - 1.0 / steps, curve[^1].Epoch, 12);
        Assert.All(curve, point => Assert.Equal(0.1 * schedule.Factor((long)Math.Round(point.Epoch * steps), 10 * steps, steps), point.Rate, 12));
        Assert.Empty(RateCurve.Of(schedule, 0.1, steps, epochs: 10, made: 0));
    }

    [Fact]
    public void Axes_have_round_numbers()
    {
        string svg = LineChart.Svg("x", [new Line("y", "red", [(1, 0.03), (60, 0.97)])], y => y.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture));
        foreach (string tick in (string[])["0", "0.2", "0.4", "0.6", "0.8", "10", "20", "60"])
            Assert.Contains($">{tick}</text>", svg);
        Assert.DoesNotContain(">-0<", svg);
    }

    [Fact]
    public void Names_cannot_break_the_page() =>
        Assert.Contains("&lt;b&gt;", LineChart.Svg("<b>", [new Line("<b>", "red", [(1, double.NaN), (1, 2)])], y => y.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static XElement Load(string path)
    {
        string html = File.ReadAllText(path);
        return XElement.Parse(html[html.IndexOf("<html", StringComparison.Ordinal)..]);
    }
}
