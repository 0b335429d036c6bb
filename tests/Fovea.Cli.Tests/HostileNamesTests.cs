using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
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

    /// <summary>All commands over data, models and files with such names, on a terminal and elsewhere, and the pages and texts that they write.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_command_and_no_page_shows_them_raw(bool interactive)
    {
        string data = _folder[Hostile], classes = Path.Combine(data, "cat" + Hostile), others = Path.Combine(data, "dog" + Hostile);
        Directory.CreateDirectory(classes);
        Directory.CreateDirectory(others);
        for (int i = 0; i < 30; i++)
        {
            var image = new Image(12, 12, 1);
            image.Pixels.Fill((byte)(i * 8));
            image.Row(i % 12).Fill(255);
            ImageFile.SavePng(image, Path.Combine(i % 2 == 0 ? classes : others, $"{i}{Hostile}\a.png"));
        }
        File.WriteAllText(Path.Combine(classes, $"broken{Hostile}\a.png"), "no image");
        File.WriteAllText(_folder[$"net{Hostile}.txt"], $"input 1x12x12\nflatten\nlinear classes\nsoftmax\n");
        string run = _folder["run"], model = Path.Combine(run, "model.safetensors"), page = _folder["page.html"];
        string[] train = ["train", data, "--epochs", "1", "--batch-size", "4", "--limit", "20"];
        string[][] lines =
        [
            [.. train, "--model", "mlp", "--tta", "flip", "--out", run],
            [.. train, "--model", "mlp", "--folds", "2", "--out", _folder["folds" + Hostile]],
            [.. train, "--from", model, "--out", _folder["again"]],
            ["train", data, "--epochs", "1", "--network", _folder[$"net{Hostile}.txt"], "--out", _folder["net"]],
            ["train", "--resume", "--out", _folder["folds" + Hostile]],
            ["find-lr", data, "--steps", "20", "--model", "mlp", "--out", _folder["rates.html"]],
            ["evaluate", model, data, "--confusion", "--report", page],
            ["evaluate", model, data, "--json"],
            ["compare", model, model, data],
            ["predict", model, data, _folder[$"none{Hostile}\a.png"]],
            ["summary", model],
            ["summary", model, "--text"],
            ["summary", model, "--plan"],
            ["summary", _folder[$"none{Hostile}\a"]],
            ["quantize", model, "--calibrate", data, "--out", _folder[$"int8{Hostile}"]],
            ["filter", Path.Combine(classes, $"0{Hostile}\a.png"), "--kernel", "edge", "--out", _folder[$"edge{Hostile}\a.png"]],
            ["data", "preview", data, "--out", _folder[$"sheet{Hostile}\a.png"]],
            ["data", "export", data, "--split", "train", "--out", _folder[$"export{Hostile}\a"]],
            ["data", "list", "--data-dir", data],
            ["help", Hostile],
        ];
        foreach (string[] line in lines)
        {
            using StringWriter output = new(), messages = new();
            int code = FoveaApp.Run(line, new Terminal { Out = output, Error = messages, ShowsResults = interactive, ShowsMessages = interactive });
            Assert.True(code == ExitCode.Done || line[0] is "predict" or "help" || line[1].Contains("none", StringComparison.Ordinal), $"{line[0]}: {messages}");
            RequireEscaped(line[0], output + messages.ToString());
        }
        string[] written = [.. Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".html" or ".csv" || Path.GetFileName(file) == "summary.txt")];
        Assert.True(written.Length >= 12, $"{written.Length}");
        foreach (string file in written)
            RequireEscaped(file, File.ReadAllText(file));

        static void RequireEscaped(string where, string text) => Assert.True(!text.AsSpan().ContainsAny('\u202E', '\a'), $"{where}: {Printable.Escape(text)}");
    }

    [Fact]
    public void What_a_model_says_that_is_not_understood_is_named()
    {
        string path = _folder["model.safetensors"];
        Network network = new NetworkBuilder(new(1, 8, 8)).Conv2d(2, 3).Flatten().Linear(2).Softmax().Build();
        ModelFile.Save(path, new Model(network, ["a", "b"]));
        byte[] file = File.ReadAllBytes(path);
        int header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        JsonNode json = JsonNode.Parse(file.AsSpan(8, header - 8))!;
        JsonNode description = JsonNode.Parse(json["__metadata__"]!["fovea"]!.GetValue<string>())!;
        description["colour"] = "red";
        description["nodes"]![0]!["note"] = 1;
        description["\u202Edecoy"] = true;
        json["__metadata__"]!["fovea"] = description.ToJsonString();
        json["__metadata__"]!.AsObject().Remove("fovea.hash");
        byte[] changed = Encoding.UTF8.GetBytes(json.ToJsonString());
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, changed.Length);
        File.WriteAllBytes(path, [.. length, .. changed, .. file[header..]]);
        ImageFile.SavePng(new Image(8, 8, 1), _folder["a.png"]);
        CommandRun.Of("data", "export", "shapes", "--limit", "60", "--out", _folder["data"]).Succeeds();
        foreach (string[] line in (string[][])[["summary", path], ["predict", path, _folder["a.png"]], ["train", _folder["data"], "--from", path, "--epochs", "1", "--out", _folder["run"]]])
        {
            string note = Assert.Single(CommandRun.Of(line).Succeeds().Messages, message => message.StartsWith("note: ", StringComparison.Ordinal) && message.Contains("does not know", StringComparison.Ordinal));
            Assert.Equal($"note: {path}: its description has fields that this version does not know and passes over: colour, \\u202Edecoy, nodes.note", note);
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
