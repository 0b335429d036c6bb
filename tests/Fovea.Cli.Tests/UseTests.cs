using System.Text.Json;

namespace Fovea.Cli.Tests;

/// <summary>What can be done with a model: evaluate, predict, summary.</summary>
public class UseTests(TrainedModel trained) : IClassFixture<TrainedModel>
{
    [Fact]
    public void Evaluating_prints_figures_for_the_whole_and_for_each_class()
    {
        CommandRun run = CommandRun.Of("evaluate", trained.Model, "digits", "--limit", "100", "--confusion").Succeeds();

        Assert.Contains("digits/test: 100 samples", run.Out);
        foreach (string word in (string[])["accuracy", "top-5", "error", "cross-entropy", "mean squared error", "precision", "recall", "confusion", "expected calibration error", "most confused", "worst mistakes", "sample "])
            Assert.Contains(word, run.Out);
    }

    [Fact]
    public void Evaluations_in_json_add_up()
    {
        JsonElement report = CommandRun.Of("evaluate", trained.Model, "digits", "--limit", "100", "--split", "train", "--json").Succeeds().Json();

        Assert.Equal("digits/train", report.GetProperty("dataset").GetString());
        long[][] confusion = report.GetProperty("confusion").Deserialize<long[][]>()!;
        Assert.Equal(100, confusion.Sum(row => row.Sum()));
        double accuracy = Enumerable.Range(0, 10).Sum(c => confusion[c][c]) / 100.0;
        Assert.Equal(accuracy, report.GetProperty("accuracy").GetDouble(), 12);
        Assert.Equal(1 - accuracy, report.GetProperty("error").GetDouble(), 12);
        Assert.True(accuracy > 0.2, $"accuracy {accuracy} is that of guessing");
        Assert.All(report.GetProperty("classes").EnumerateArray(), c => Assert.Equal(10, c.GetProperty("samples").GetInt32()));
    }

    [Fact]
    public void Copies_of_the_pictures_are_judged_when_asked_for()
    {
        JsonElement plain = Evaluate(), viewed = Evaluate("--tta", "flip,shift");
        Assert.Equal(100, viewed.GetProperty("samples").GetInt32());
        Assert.NotEqual(plain.GetProperty("crossEntropy").GetDouble(), viewed.GetProperty("crossEntropy").GetDouble());
        string one = CommandRun.Of("predict", trained.Model, trained.Images[0]).Succeeds().Out, other = CommandRun.Of("predict", trained.Model, trained.Images[0], "--tta", "flip").Succeeds().Out;
        Assert.Equal(one.Split('\n').Length, other.Split('\n').Length);
        Assert.NotEqual(one, other);

        JsonElement Evaluate(params string[] more) => CommandRun.Of(["evaluate", trained.Model, "digits", "--limit", "100", "--json", .. more]).Succeeds().Json();
    }

    [Fact]
    public void A_data_set_of_other_classes_does_not_match() =>
        CommandRun.Of("evaluate", trained.Model, "shapes", "--limit", "9").FailsWith(ExitCode.Failed, "'circle'", "0, 1, 2");

    [Fact]
    public void A_folder_may_hold_some_of_the_classes_in_another_order()
    {
        using var folder = new TemporaryFolder();
        foreach (string label in (string[])["7", "3"])
        {
            Directory.CreateDirectory(folder[label]);
            string image = trained.Images.First(path => Path.GetFileName(Path.GetDirectoryName(path)) == label);
            File.Copy(image, Path.Combine(folder[label], "a.png"));
        }

        JsonElement report = CommandRun.Of("evaluate", trained.Model, folder.Path, "--json").Succeeds().Json();

        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 1, 0, 0], report.GetProperty("classes").EnumerateArray().Select(c => c.GetProperty("samples").GetInt32()));
    }

    [Fact]
    public void Predicting_ranks_the_guesses_for_each_picture()
    {
        CommandRun run = CommandRun.Of("predict", trained.Model, trained.Images[0], trained.Images[5], "--top", "3").Succeeds();

        string[] lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(8, lines.Length);
        Assert.Equal(trained.Images[0], lines[0].TrimEnd());
        Assert.Equal(trained.Images[5], lines[4].TrimEnd());
        Assert.All(lines[1..4], line => Assert.Matches(@"^  \d +\d+\.\d\d %\r?$", line));
        Assert.DoesNotContain('\u001b', run.Out);
    }

    [Fact]
    public void Predictions_in_json_are_sorted_probabilities()
    {
        JsonElement report = CommandRun.Of("predict", trained.Model, trained.Images[3], "--top", "10", "--json").Succeeds().Json();

        double[] probabilities = [.. report.GetProperty("predictions")[0].GetProperty("guesses").EnumerateArray().Select(guess => guess.GetProperty("probability").GetDouble())];
        Assert.Equal(10, probabilities.Length);
        Assert.Equal(1, probabilities.Sum(), 5);
        Assert.Equal(probabilities.OrderDescending(), probabilities);
    }

    [Fact]
    public void The_standard_input_is_a_picture_like_any_other()
    {
        JsonElement file = CommandRun.Of("predict", trained.Model, trained.Images[0], "--json").Succeeds().Json();
        JsonElement input = CommandRun.WithInput(File.ReadAllBytes(trained.Images[0]), "predict", trained.Model, "-", "--json").Succeeds().Json();

        Assert.Equal(Guesses(file), Guesses(input));
    }

    [Fact]
    public void Dark_drawings_on_white_are_read_as_light_ones_on_black()
    {
        using var folder = new TemporaryFolder();
        Imaging.Image image = Imaging.ImageFile.Load(trained.Images[0]);
        foreach (ref byte pixel in image.Pixels)
            pixel = (byte)(255 - pixel);
        Imaging.ImageFile.SavePng(image, folder["inverted.png"]);

        CommandRun inverted = CommandRun.Of("predict", trained.Model, folder["inverted.png"]).Succeeds();
        JsonElement json = CommandRun.Of("predict", trained.Model, folder["inverted.png"], "--json").Succeeds().Json();

        Assert.Contains("inverted", inverted.Error);
        Assert.Equal(Guesses(CommandRun.Of("predict", trained.Model, trained.Images[0], "--json").Json()), Guesses(json));
    }

    [Fact]
    public void Bad_pictures_among_good_ones_are_skipped_and_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["bad.png"], "no image");

        CommandRun run = CommandRun.Of("predict", trained.Model, trained.Images[0], folder["bad.png"], folder["missing.png"], trained.Images[1]);

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains(trained.Images[0], run.Out);
        Assert.Contains(trained.Images[1], run.Out);
        Assert.Equal(2, run.Messages.Count(line => line.StartsWith("error: ", StringComparison.Ordinal)));
        Assert.Contains(run.Messages, line => line.Contains("bad.png", StringComparison.Ordinal));
        Assert.Contains(run.Messages, line => line.Contains("missing.png", StringComparison.Ordinal));
        Assert.Equal("2 of 4 images skipped", run.Messages[^1]);
    }

    [Fact]
    public void Skipped_pictures_are_in_the_json_too()
    {
        CommandRun run = CommandRun.Of("predict", trained.Model, "missing.png", trained.Images[0], "--json");

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Equal("missing.png", Assert.Single(run.Json().GetProperty("skipped").EnumerateArray()).GetProperty("image").GetString());
        Assert.Single(run.Json().GetProperty("predictions").EnumerateArray());
    }

    [Theory]
    [InlineData("evaluate", "digits")]
    [InlineData("predict", "a.png")]
    public void What_is_no_model_is_named(string command, string operand)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text"], "this is no model, only a text");

        CommandRun.Of(command, folder["missing"], operand).FailsWith(ExitCode.Failed, folder["missing"], "fovea train");
        CommandRun.Of(command, folder["text"], operand).FailsWith(ExitCode.Failed, folder["text"]);
        CommandRun.Of(command, Path.GetDirectoryName(trained.Model)!, operand).FailsWith(ExitCode.Failed, trained.Model);
    }

    [Fact]
    public void A_summary_adds_up()
    {
        JsonElement report = CommandRun.Of("summary", trained.Model, "--json").Succeeds().Json();

        Assert.Equal(report.GetProperty("parameters").GetInt64(), report.GetProperty("layers").EnumerateArray().Sum(layer => layer.GetProperty("parameters").GetInt64()));
        Assert.Equal([1, 28, 28], report.GetProperty("input").Deserialize<int[]>()!);
        Assert.Equal("digits", report.GetProperty("info").GetProperty("dataset").GetString());
        Assert.Contains("parameters", CommandRun.Of("summary", trained.Model).Succeeds().Out);
    }

    [Fact]
    public void A_preset_is_summed_up_for_any_input_and_classes()
    {
        JsonElement report = CommandRun.Of("summary", "convnet-basic", "--input", "3x40x40", "--classes", "7", "--json").Succeeds().Json();

        Assert.Equal([3, 40, 40], report.GetProperty("input").Deserialize<int[]>()!);
        Assert.Equal([7], report.GetProperty("output").Deserialize<int[]>()!);
        CommandRun.Of("summary", "lenet5", "--input", "1x3x3").FailsWith(ExitCode.WrongUsage, "--input");
        CommandRun.Of("summary", trained.Model, "--classes", "7").FailsWith(ExitCode.WrongUsage, "--classes");
        CommandRun.Of("summary", "nothing").FailsWith(ExitCode.Failed, "nothing", "lenet5");
    }

    [Fact]
    public void A_plan_is_shown_for_a_batch_and_a_mode()
    {
        CommandRun run = CommandRun.Of("summary", trained.Model, "--plan", "--batch", "32", "--mode", "training", "--threads", "2").Succeeds();
        JsonElement report = CommandRun.Of("summary", "lenet5", "--plan", "--batch", "3", "--json").Succeeds().Json();

        Assert.Contains("training, batch 32, 2 threads", run.Out);
        Assert.Contains("expected GF/s", run.Out);
        Assert.Equal("inference", report.GetProperty("mode").GetString());
        Assert.Equal(3 * 416_520, report.GetProperty("multiplyAdds").GetInt64());
        Assert.Equal(3 * 416_520, report.GetProperty("steps").EnumerateArray().Sum(step => step.GetProperty("multiplyAdds").GetInt64()));
        Assert.True(report.GetProperty("expectedSeconds").GetDouble() > 0);
        CommandRun.Of("summary", "lenet5", "--batch", "3").FailsWith(ExitCode.WrongUsage, "--batch", "--plan");
        CommandRun.Of("summary", "lenet5", "--plan", "--mode", "fast").FailsWith(ExitCode.WrongUsage, "--mode", "training");
    }

    private static string Guesses(JsonElement report) => report.GetProperty("predictions")[0].GetProperty("guesses").GetRawText();
}
