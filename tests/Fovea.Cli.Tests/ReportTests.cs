using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

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
        foreach (XElement image in page.Descendants("img"))
        {
            string source = image.Attribute("src")!.Value;
            Assert.StartsWith("data:image/png;base64,", source);
            Imaging.ImageFile.Decode(Convert.FromBase64String(source[22..]));
        }
        Assert.DoesNotContain("http://", page.ToString());
        Assert.DoesNotContain("https://", page.ToString());
        CommandRun.Of("evaluate", trained.Model, "digits", "--limit", "100", "--report", folder["none/a.html"]).FailsWith(ExitCode.Failed, $"there is no folder {folder["none"]} to write the report a.html to");
    }

    private static XElement Load(string path)
    {
        string html = File.ReadAllText(path);
        return XElement.Parse(html[html.IndexOf("<html", StringComparison.Ordinal)..]);
    }
}
