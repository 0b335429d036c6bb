using System.Text.Json;
using System.Xml.Linq;

namespace Fovea.Cli.Tests;

/// <summary>Cross-validation and several seeds.</summary>
public sealed class SeriesTests : IDisposable
{
    private static readonly string[] Digits = ["train", "digits", "--limit", "150", "--batch-size", "16", "--epochs", "2"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folds_judge_every_sample_once_and_are_put_together()
    {
        CommandRun run = Train("folds", "--folds", "3", "--tta", "shift", "--json").Succeeds();
        JsonElement summary = run.Json();

        JsonElement[] runs = [.. summary.GetProperty("runs").EnumerateArray()];
        Assert.Equal(["fold-1", "fold-2", "fold-3"], runs.Select(fold => fold.GetProperty("name").GetString()!));
        Assert.All(runs, fold => Assert.Equal((100, 50), (fold.GetProperty("trainingSamples").GetInt32(), fold.GetProperty("test").GetProperty("samples").GetInt32())));
        Assert.All(runs, fold => Assert.Equal(50, fold.GetProperty("testWithViews").GetProperty("samples").GetInt32()));
        double[] accuracies = [.. runs.Select(fold => fold.GetProperty("test").GetProperty("accuracy").GetDouble())];
        double mean = accuracies.Average();
        JsonElement spread = summary.GetProperty("accuracy");
        Assert.Equal(mean, spread.GetProperty("mean").GetDouble(), 1e-12);
        Assert.Equal(Math.Sqrt(accuracies.Sum(a => (a - mean) * (a - mean)) / 2), spread.GetProperty("deviation").GetDouble(), 1e-12);
        Assert.Equal((accuracies.Min(), accuracies.Max()), (spread.GetProperty("least").GetDouble(), spread.GetProperty("most").GetDouble()));
        JsonElement pooled = summary.GetProperty("pooled");
        Assert.Equal(150, pooled.GetProperty("samples").GetInt32());
        Assert.Equal(mean, pooled.GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.All(pooled.GetProperty("classes").EnumerateArray(), c => Assert.Equal(15, c.GetProperty("samples").GetInt32()));
        Assert.Equal(150, pooled.GetProperty("confusion").EnumerateArray().Sum(row => row.EnumerateArray().Sum(count => count.GetInt32())));
        Assert.Contains(run.Messages, line => line.StartsWith("fold 2 of 3   epoch   1 ", StringComparison.Ordinal) && !line.Contains("validation", StringComparison.Ordinal));

        Assert.True(JsonElement.DeepEquals(summary, JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["folds"], "summary.json"))).RootElement));
        Assert.True(summary.GetProperty("time").GetProperty("processorSeconds").GetDouble() > 0);
        Assert.StartsWith("fovea train digits", summary.GetProperty("command").GetString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder["folds"], "model.safetensors")));
    }

    [Fact]
    public void The_number_of_threads_changes_no_fold()
    {
        Train("one", "--folds", "2", "--threads", "1").Succeeds();
        Train("two", "--folds", "2", "--threads", "2").Succeeds();
        foreach (string fold in (string[])["fold-1", "fold-2"])
            Assert.Equal(Model("one", fold), Model("two", fold));
        Assert.NotEqual(Model("one", "fold-1"), Model("one", "fold-2"));
    }

    [Fact]
    public void Cross_validation_that_is_interrupted_goes_on_where_it_was()
    {
        Train("whole", "--folds", "3").Succeeds();
        CommandRun interrupted = CommandRun.InterruptedAt("fold 2 of 3   epoch   1 ", [.. Digits, "--folds", "3", "--out", _folder["parts"]]);

        Assert.Equal(ExitCode.Failed, interrupted.Code);
        Assert.Empty(interrupted.Out);
        Assert.Contains("interrupted in fold 2 of 3, epoch 2", interrupted.Messages[^2]);
        Assert.Equal($"to go on: fovea train --resume --out {_folder["parts"]}", interrupted.Messages[^1]);
        DateTime first = File.GetLastWriteTimeUtc(Path.Combine(_folder["parts"], "fold-1", "model.safetensors"));
        Assert.False(File.Exists(Path.Combine(_folder["parts"], "fold-2", "model.safetensors")));
        Train("parts", "--folds", "3").FailsWith(ExitCode.Failed, "holds a run already");
        Resume("parts", "--folds", "4").FailsWith(ExitCode.WrongUsage, "--folds 4 conflicts", "3");
        Resume("parts", "--runs", "3").FailsWith(ExitCode.WrongUsage, "--runs 3 conflicts");
        Resume("parts", "--seed", "2").FailsWith(ExitCode.WrongUsage, "--seed 2 conflicts");

        CommandRun run = Resume("parts").Succeeds();

        Assert.Contains(run.Messages, line => line.StartsWith("fold 1 of 3 is done: ", StringComparison.Ordinal));
        Assert.Equal(first, File.GetLastWriteTimeUtc(Path.Combine(_folder["parts"], "fold-1", "model.safetensors")));
        foreach (string fold in (string[])["fold-1", "fold-2", "fold-3"])
            Assert.Equal(Model("whole", fold), Model("parts", fold));
        Assert.Contains("accuracy: ", run.Out);
        Assert.Contains("all folds together: ", run.Out);
        // All is done: asked again, nothing is trained and the same comes out.
        Assert.Equal(run.Out, Resume("parts").Succeeds().Out);
    }

    [Fact]
    public void Several_seeds_are_the_runs_that_each_seed_makes()
    {
        CommandRun run = Train("seeds", "--runs", "3", "--seed", "4").Succeeds();
        Train("five", "--seed", "5").Succeeds();

        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["five"], "model.safetensors")), Model("seeds", "seed-5"));
        foreach (string text in (string[])["seed-4", "seed-5", "seed-6", " ± ", "of 3 seeds", "worst", "best", "time: "])
            Assert.Contains(text, run.Out);
        string summary = File.ReadAllText(Path.Combine(_folder["seeds"], "summary.txt"));
        Assert.StartsWith("fovea train digits", summary);
        Assert.Contains("mean and standard deviation of 3 seeds", summary);
        Assert.Contains("processors", summary);
    }

    [Fact]
    public void The_page_draws_all_runs_together()
    {
        Train("folds", "--folds", "2").Succeeds();
        string html = File.ReadAllText(Path.Combine(_folder["folds"], "report.html"));
        var page = XElement.Parse(html[html.IndexOf("<html", StringComparison.Ordinal)..]);

        foreach (XElement chart in page.Descendants("svg"))
            Assert.Equal(["1", "1", "4"], chart.Elements("polyline").Select(line => line.Attribute("stroke-width")!.Value));
        Assert.Equal(2, page.Descendants("svg").Count());
        Assert.Equal(["fold-1/report.html", "fold-2/report.html"], page.Descendants("a").Select(link => link.Attribute("href")!.Value));
        Assert.All(page.Descendants("a"), link => Assert.True(File.Exists(Path.Combine(_folder["folds"], link.Attribute("href")!.Value))));
        Assert.Contains("150 samples, each judged by the one run that did not learn from it", page.Value);
        Assert.DoesNotContain("http://", html);
        Assert.DoesNotContain("https://", html);
    }

    [Fact]
    public void A_fold_of_a_folder_remembers_what_it_did_not_learn_from()
    {
        CommandRun.Of("data", "export", "shapes", "--split", "train", "--limit", "60", "--out", _folder["images"]).Succeeds();
        JsonElement summary = CommandRun.Of("train", _folder["images"], "--epochs", "1", "--folds", "4", "--validation", "0.2", "--json", "--out", _folder["run"]).Succeeds().Json();
        JsonElement third = summary.GetProperty("runs")[2];
        Assert.Equal((36, 15), (third.GetProperty("trainingSamples").GetInt32(), third.GetProperty("test").GetProperty("samples").GetInt32()));
        Assert.Equal(60, summary.GetProperty("pooled").GetProperty("samples").GetInt32());

        JsonElement judged = CommandRun.Of("evaluate", Path.Combine(_folder["run"], "fold-3", "model.safetensors"), _folder["images"], "--json").Succeeds().Json();
        Assert.True(JsonElement.DeepEquals(third.GetProperty("test").GetProperty("confusion"), judged.GetProperty("confusion")));
    }

    [Fact]
    public void A_single_run_leaves_a_summary_with_its_times()
    {
        Train("run", "--tta", "flip,shift").Succeeds();
        JsonElement summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["run"], "summary.json"))).RootElement;
        Assert.Equal("single", summary.GetProperty("kind").GetString(), ignoreCase: true);
        JsonElement run = Assert.Single(summary.GetProperty("runs").EnumerateArray());
        Assert.True(run.GetProperty("time").GetProperty("seconds").GetDouble() > 0);
        Assert.Equal(150, run.GetProperty("testWithViews").GetProperty("samples").GetInt32());
        Assert.Contains("with flip,shift", File.ReadAllText(Path.Combine(_folder["run"], "summary.txt")));
        Assert.Contains("6 copies (flip,shift)", File.ReadAllText(Path.Combine(_folder["run"], "report.html")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("nothing")]
    [InlineData("{\"command\":\"x\",\"kind\":\"folds\",\"count\":2,\"runs\":[{\"name\":\"fold-1\"}]}")]
    public void A_record_that_is_none_is_an_error(string json)
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run/summary.json"], json);
        Resume("run").FailsWith(ExitCode.Failed, "summary.json: the record of the runs does not fit");
    }

    private CommandRun Train(string folder, params string[] more) => CommandRun.Of([.. Digits, .. more, "--out", _folder[folder]]);

    private CommandRun Resume(string folder, params string[] more) => CommandRun.Of(["train", "--resume", "--out", _folder[folder], .. more]);

    private byte[] Model(string folder, string run) => File.ReadAllBytes(Path.Combine(_folder[folder], run, "model.safetensors"));
}
