using Fovea.Imaging;
using Fovea.Networks;
using Fovea.Serialization;

namespace Fovea.Cli.Tests;

/// <summary>Names of files and classes never reach the terminal raw.</summary>
public sealed class HostileNamesTests : IDisposable
{
    /// <summary>Model files refuse control characters in names; marks that turn the direction of writing round are none.</summary>
    private const string Hostile = "gnp.\u202Etac";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Classes_of_a_model_and_files_that_are_asked_for()
    {
        Network network = new NetworkBuilder(new(1, 8, 8)).Flatten().Linear(2).Softmax().Build();
        string model = _folder["model.safetensors"];
        ModelFile.Save(model, new Model(network, [Hostile, "b"], info: new Dictionary<string, string> { ["note"] = Hostile }));
        string image = _folder["\u001B[31mred\nerror: forged.png"];
        ImageFile.SavePng(new Image(8, 8, 1), image);
        File.WriteAllText(_folder["\u001B[2J.jpg"], "no image");
        foreach (CommandRun run in (CommandRun[])
            [
                CommandRun.Of("predict", model, image, _folder["\u001B[2J.jpg"], _folder["\u001B[3J.png"]), CommandRun.Of("summary", model), CommandRun.Of("evaluate", model, "digits"),
                CommandRun.Of("summary", _folder["\u001B[31m.safetensors"]), CommandRun.Of("train", "\u001B[31mnone"), CommandRun.Of("\u001B[31m"), CommandRun.Of("train", "digits", "--\u001B[31m"),
                CommandRun.Of("train", "digits", "--lr", "\u001B[31m"),
            ])
        {
            string all = run.Out + run.Error;
            Assert.DoesNotContain(all, c => c == '\u202E' || char.IsControl(c) && c != '\n' && c != '\r');
            Assert.DoesNotContain(all.Split('\n'), line => line.StartsWith("error: forged", StringComparison.Ordinal));
            Assert.Contains("\\u", all);
        }
    }
}
