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
    public void Traces_and_suggested_commands()
    {
        string none = _folder["\u001B[31m\nerror: forged.safetensors"], data = _folder[Hostile];
        Assert.Equal(0, CommandRun.Of("data", "export", "shapes", "--limit", "20", "--out", data).Code);
        foreach (CommandRun run in (CommandRun[])[CommandRun.Of("evaluate", none, "digits", "--trace"), CommandRun.Of("find-lr", data, "--steps", "20", "--model", "mlp")])
        {
            string all = run.Out + run.Error;
            Assert.DoesNotContain(all, c => c == '\u202E' || char.IsControl(c) && c != '\n' && c != '\r');
            Assert.DoesNotContain(all.Split('\n'), line => line.StartsWith("error: forged", StringComparison.Ordinal));
            Assert.Contains("\\u", all);
        }
    }

    [Fact]
    public void Names_in_JSON_read_the_same()
    {
        string model = _folder["model.safetensors"], image = _folder[$"{Hostile}\u009B31m.png"];
        ModelFile.Save(model, new Model(new NetworkBuilder(new(1, 8, 8)).Flatten().Linear(2).Softmax().Build(), [Hostile, "b"]));
        ImageFile.SavePng(new Image(8, 8, 1), image);
        CommandRun run = CommandRun.Of("predict", model, image, "--json").Succeeds();
        Assert.DoesNotContain(run.Out, c => c == '\u202E' || char.IsControl(c) && c != '\n');
        Assert.Contains(Path.GetFileName(image), Texts(run.Json()).Select(text => Path.GetFileName(text)));
        Assert.Contains(Hostile, Texts(run.Json()));

        static IEnumerable<string> Texts(System.Text.Json.JsonElement json) => json.ValueKind switch
        {
            System.Text.Json.JsonValueKind.String => [json.GetString()!],
            System.Text.Json.JsonValueKind.Array => json.EnumerateArray().SelectMany(Texts),
            System.Text.Json.JsonValueKind.Object => json.EnumerateObject().SelectMany(field => Texts(field.Value)),
            _ => [],
        };
    }

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
