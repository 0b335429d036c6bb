using System.Text.Json;
using Fovea.Serialization;

namespace Fovea.Cli.Tests;

/// <summary>Many images at once: folders, patterns, order, and models whose outputs are no numbers.</summary>
public sealed class PredictTests(TrainedModel trained) : IClassFixture<TrainedModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_means_its_images_in_ordinal_order()
    {
        foreach ((int i, string name) in ((string[])["b.png", "B.png", "sub/a", "sub/.hidden.png", ".git/c.png"]).Index())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            File.Copy(trained.Images[i], _folder[name]);
        }
        File.WriteAllText(_folder["notes.txt"], "no image");
        File.WriteAllBytes(_folder["empty.jpg"], []);

        CommandRun run = CommandRun.Of("predict", trained.Model, _folder.Path, "--json").Succeeds();

        Assert.Equal([_folder["B.png"], _folder["b.png"], _folder["sub/a"]], Images(run));
        Assert.Contains(run.Messages, line => line.StartsWith($"note: 2 files in {_folder.Path} are no images: ", StringComparison.Ordinal) && line.Contains("notes.txt", StringComparison.Ordinal));
        CommandRun.Of("predict", trained.Model, Directory.CreateDirectory(_folder["sub/none"]).FullName).FailsWith(ExitCode.Failed, "there is no image in folder", "none");
    }

    [Fact]
    public void What_is_passed_over_in_an_image_is_said_of_it()
    {
        // Without the last chunk of the PNG file.
        File.WriteAllBytes(_folder["a.png"], File.ReadAllBytes(trained.Images[0])[..^12]);
        CommandRun run = CommandRun.Of("predict", trained.Model, trained.Images[0], _folder["a.png"], "--json").Succeeds();
        JsonElement[] predictions = [.. run.Json().GetProperty("predictions").EnumerateArray()];
        Assert.Equal(["the end of the file is missing"], predictions[1].GetProperty("preparation").EnumerateArray().Select(note => note.GetString()).Take(1));
        Assert.Equal(predictions[0].GetProperty("guesses").GetRawText(), predictions[1].GetProperty("guesses").GetRawText());
        Assert.Contains($"{_folder["a.png"]}: the end of the file is missing", CommandRun.Of("predict", trained.Model, _folder["a.png"]).Succeeds().Error);
    }

    [Fact]
    public void Patterns_are_expanded_where_the_shell_does_not()
    {
        foreach ((int i, string name) in ((string[])["x/2.png", "x/1.png", "x/1.txt", "y/1.png", "y/.1.png", "z/deep/1.png", "[1].png", "q*.png", "x{1,2}/*{3.png"]).Index())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            File.Copy(trained.Images[i], _folder[name]);
        }
        Assert.Equal([_folder["x/1.png"], _folder["x/2.png"]], Images(Predict("x/*.png")));
        Assert.Equal([_folder["x/1.png"], _folder["y/1.png"], _folder["x/1.png"]], Images(Predict("?/1.png", "x/?.png")[..3]));
        Assert.Equal([_folder["z/deep/1.png"]], Images(Predict("z/*")));
        Assert.Equal([_folder["[1].png"], _folder["q*.png"]], Images(Predict("[1].png", "q*.png")));
        Assert.Equal([_folder["x/1.png"], _folder["x/2.png"]], Images(Predict("x/[12].png")));
        Assert.Equal([_folder["x/1.png"]], Images(Predict("x/[!2].p[mn]g")));
        Assert.Equal([_folder["y/1.png"], _folder["x/1.png"], _folder["x/2.png"]], Images(Predict("{y/1.png,x/?.{jpg,png}}")));
        Assert.Equal([_folder["[1].png"], _folder["x{1,2}/*{3.png"]], Images(Predict("[[]1].png", "x{1,2}/*.png")));
        CommandRun.Of("predict", trained.Model, _folder["*.{gif,jpg}"]).FailsWith(ExitCode.Failed, "no file matches", "*.{gif,jpg}");
        CommandRun.Of("predict", trained.Model, _folder["{[x],none}/1.gif"]).FailsWith(ExitCode.Failed, "there is no file", "none/1.gif");
        CommandRun.Of("predict", trained.Model, _folder["*/9.png"]).FailsWith(ExitCode.Failed, "no file matches", "9.png");

        JsonElement[] Predict(params string[] patterns) =>
            [.. CommandRun.Of(["predict", trained.Model, "--json", .. patterns.Select(pattern => _folder[pattern])]).Succeeds().Json().GetProperty("predictions").EnumerateArray()];
    }

    [Fact]
    public void Many_images_are_judged_as_each_alone_and_named_in_order()
    {
        string[] images = [.. Enumerable.Range(0, 70).Select(i => i % 9 == 4 ? _folder[$"bad{i}.png"] : trained.Images[i % 20])];
        foreach (string image in images.Where(image => image.StartsWith(_folder.Path, StringComparison.Ordinal)))
            File.WriteAllText(image, "no image");
        CommandRun run = CommandRun.Of(["predict", trained.Model, .. images]);

        Assert.Equal(ExitCode.Failed, run.Code);
        string[] bad = [.. images.Where(image => image.Contains("bad", StringComparison.Ordinal))];
        Assert.Equal(bad, run.Messages.Where(line => line.StartsWith("error: ", StringComparison.Ordinal)).Select(line => line["error: ".Length..line.IndexOf(".png:", StringComparison.Ordinal)] + ".png"));
        Assert.Equal($"{bad.Length} of 70 images skipped", run.Messages[^1]);
        string[] lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[][] blocks = [.. lines.Chunk(6)];
        Assert.Equal(images.Except(bad).Count(), blocks.Select(block => block[0]).Distinct().Count());
        Assert.Equal(images.Where(image => !bad.Contains(image)), blocks.Select(block => block[0]));
        foreach (string[] block in blocks.Take(20))
            Assert.Equal(CommandRun.Of("predict", trained.Model, block[0]).Succeeds().Out, string.Join('\n', block) + "\n");
    }

    [Fact]
    public void Names_reach_the_terminal_with_control_characters_escaped()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.Copy(trained.Images[0], _folder["\u001b[31m\nerror: red.png"]);
        File.WriteAllText(_folder["\u001b]0;bad\a.png"], "no image");
        File.WriteAllText(_folder["\u202e.txt"], "no image");
        CommandRun folder = CommandRun.Of("predict", trained.Model, _folder.Path).Succeeds();
        CommandRun bad = CommandRun.Of("predict", trained.Model, _folder["\u001b]0;bad\a.png"]);
        Assert.Contains("\\u001B[31m\\nerror: red.png", folder.Out);
        Assert.All((string[])[folder.Out, folder.Error, bad.Error], text => Assert.DoesNotContain(text, c => c is '\u001b' or '\a' or '\u202e'));
        Assert.DoesNotContain(folder.Messages, line => line.StartsWith("error:", StringComparison.Ordinal));
    }

    [Fact]
    public void The_standard_input_can_be_named_once()
    {
        CommandRun run = CommandRun.WithInput(File.ReadAllBytes(trained.Images[0]), "predict", trained.Model, "-", "-", "--json");
        Assert.Equal(["-"], Images(run));
        Assert.Contains(run.Messages, line => line.StartsWith("error: -: the standard input was named before", StringComparison.Ordinal));
        CommandRun.WithInput([], "predict", trained.Model, "-").FailsWith(ExitCode.Failed, "-: the file is empty");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(1e38f)]
    public void Outputs_that_are_no_numbers_are_refused_in_one_line(float weight)
    {
        Model model = ModelFile.Load(trained.Model);
        foreach (Networks.Parameter parameter in model.Network.Parameters)
            parameter.Value.Span.Fill(weight);
        ModelFile.Save(_folder["broken"], model);
        CommandRun.Of("predict", _folder["broken"], trained.Images[0]).FailsWith(ExitCode.Failed, trained.Images[0], "not finite numbers", "training diverged");
        CommandRun.Of("evaluate", _folder["broken"], "digits", "--limit", "20").FailsWith(ExitCode.Failed, "sample 0", "not finite numbers");
        CommandRun.Of("compare", trained.Model, _folder["broken"], "digits", "--limit", "20").FailsWith(ExitCode.Failed, "sample 0", "not finite numbers");
    }

    private static string[] Images(CommandRun run) => Images([.. run.Json().GetProperty("predictions").EnumerateArray()]);

    private static string[] Images(JsonElement[] predictions) => [.. predictions.Select(prediction => prediction.GetProperty("image").GetString()!)];
}
