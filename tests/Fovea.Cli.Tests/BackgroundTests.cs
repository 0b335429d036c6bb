using System.Text.Json;
using Fovea.Imaging;
using Fovea.Runs;
using Fovea.Runs.Reports;
using Fovea.Runs.Settings;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Cli.Tests;

/// <summary>What is behind the transparent parts of images: white unless asked for otherwise, and the same in use as in training.</summary>
public sealed class BackgroundTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BackgroundTests()
    {
        for (int i = 0; i < 12; i++)
        {
            Draw($"logos/bar/{i}.png", (x, y) => y >= i && y < i + 3);
            Draw($"logos/pole/{i}.png", (x, y) => x >= i && x < i + 3);
        }
    }

    private string Logos => _folder["logos"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Dark_shapes_on_transparent_ground_are_learnt_from_on_white()
    {
        CommandRun run = Train("white");
        Assert.Contains("note: 24 images have transparent parts, which are seen on white", run.Messages);
        Assert.DoesNotContain(run.Messages, line => line.Contains("of one colour", StringComparison.Ordinal));
        Assert.Equal([255, 255, 255], Load("white").Background);

        CommandRun dark = Train("black", "--background", "black");
        foreach (string name in (string[])["bar", "pole"])
            Assert.Contains(dark.Messages, line => line.StartsWith($"warning: 12 of 12 images of class {name} are of one colour", StringComparison.Ordinal) && line.Contains("--background", StringComparison.Ordinal));
        Assert.Equal([0, 0, 0], Load("black").Background);
        CommandRun.Of("train", Logos, "--background", "pink", "--out", _folder["pink"]).FailsWith(ExitCode.WrongUsage, "--background must be white, black, grey or a colour such as #ff8000, got pink");
    }

    [Fact]
    public void Predictions_and_evaluations_have_the_background_of_the_model()
    {
        Train("green", "--background", "#00ff00");
        Model green = Load("green");
        string old = _folder["old"], black = _folder["dark"];
        ModelFile.Save(old, new Model(green.Network, green.ClassNames, green.Normalization, green.Info));
        ModelFile.Save(black, new Model(green.Network, green.ClassNames, green.Normalization, green.Info, background: [0, 0, 0]));

        CommandRun predicted = CommandRun.Of("predict", Model("green"), Path.Combine(Logos, "bar/3.png")).Succeeds();
        Assert.Contains("transparent parts on #00ff00", predicted.Error);
        Assert.Contains("transparent parts on black", CommandRun.Of("predict", old, Path.Combine(Logos, "bar/3.png")).Succeeds().Error);
        Assert.NotEqual(Guesses(Model("green")), Guesses(old));
        Assert.Equal(Guesses(black), Guesses(old));
        Assert.Contains("24 images have transparent parts, which are seen on #00ff00", CommandRun.Of("evaluate", Model("green"), Logos).Succeeds().Error);
        Assert.NotEqual(Loss(Model("green")), Loss(old));
        Assert.Equal(Loss(black), Loss(old));

        // What trains on keeps the model's ground, and a run goes on with its own.
        CommandRun.Of("train", Logos, "--from", Model("green"), "--epochs", "1", "--out", _folder["on"]).Succeeds();
        Assert.Equal([0, 255, 0], Load("on").Background);
        CommandRun.Of("train", "--resume", "--out", _folder["green"], "--background", "white").FailsWith(ExitCode.WrongUsage, "--background white conflicts with the run", "#00ff00");

        string Guesses(string model) =>
            CommandRun.Of("predict", model, Path.Combine(Logos, "bar/3.png"), "--json").Succeeds().Json().GetProperty("predictions")[0].GetProperty("guesses").GetRawText();

        double Loss(string model) => CommandRun.Of("evaluate", model, Logos, "--json").Succeeds().Json().GetProperty("crossEntropy").GetDouble();
    }

    [Fact]
    public void Runs_that_were_stored_without_a_background_go_on_with_black()
    {
        Train("run");
        string settings = RunFolder.Open(_folder["run"]).LoadCheckpoint().Settings;
        Assert.Contains("\"background\": \"white\"", settings, StringComparison.Ordinal);
        TrainSettings old = JsonSerializer.Deserialize(settings.Replace("\"background\": \"white\",", "", StringComparison.Ordinal), ReportJson.Default.TrainSettings)!;
        Assert.Equal(Colour.Black, old.Check().Ground);
        Assert.Throws<RunException>(() => (old with { Background = "pink" }).Check());
    }

    private CommandRun Train(string name, params string[] options) =>
        CommandRun.Of(["train", Logos, "--input", "3x16x16", "--model", "mlp", "--epochs", "1", "--test", "0", "--out", _folder[name], .. options]).Succeeds();

    private string Model(string name) => Path.Combine(_folder[name], "model.safetensors");

    private Model Load(string name) => ModelFile.Load(Model(name));

    /// <summary>A black shape on transparent ground.</summary>
    private void Draw(string name, Func<int, int, bool> isInk)
    {
        var image = new Image(16, 16, 4);
        for (int y = 0; y < 16; y++)
            for (int x = 0; x < 16; x++)
                image.Row(y)[(4 * x) + 3] = isInk(x, y) ? (byte)255 : (byte)0;
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        ImageFile.SavePng(image, _folder[name]);
    }
}
