using System.Text.Json;
using Fovea.Networks;
using Fovea.Serialization;

namespace Fovea.Cli.Tests;

/// <summary>Networks as text: trained, resumed, shown, and refused with the file and the line.</summary>
public sealed class NetworkTextTests : IDisposable
{
    private const string Small = """
        # for digits
        conv 4 3 stride=2
        relu
        flatten
        linear classes   # as many as the data have
        softmax
        """;

    private static readonly string[] Digits = ["train", "digits", "--limit", "60", "--batch-size", "16"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_preset_that_was_printed_trains_to_the_presets_weights()
    {
        string file = Write("lenet.txt", CommandRun.Of("summary", "lenet5", "--text").Succeeds().Out);
        CommandRun.Of([.. Digits, "--epochs", "2", "--model", "lenet5", "--out", _folder["preset"]]).Succeeds();
        CommandRun.Of([.. Digits, "--epochs", "2", "--network", file, "--out", _folder["text"]]).Succeeds();
        Network preset = Trained("preset"), text = Trained("text");
        Assert.Equal(preset.Name, text.Name);
        Assert.Equal(preset.Parameters.Select(parameter => parameter.Name), text.Parameters.Select(parameter => parameter.Name));
        Assert.All(preset.Parameters.Zip(text.Parameters), pair => Assert.True(pair.First.Value.Span.SequenceEqual(pair.Second.Value.Span), pair.First.Name));
    }

    [Fact]
    public void A_network_is_called_as_its_file_and_takes_what_the_data_give()
    {
        string file = Write("small.txt", Small);
        JsonElement settings = CommandRun.Of([.. Digits, "--epochs", "1", "--recipe", "mnist-fast", "--network", file, "--out", _folder["run"], "--json"])
            .Succeeds().Json().GetProperty("settings");
        Assert.Equal("small", settings.GetProperty("model").GetString());
        Assert.Equal(Small, settings.GetProperty("network").GetString());
        Assert.Equal(0.05, settings.GetProperty("learningRate").GetDouble());
        Assert.Equal("(1, 28, 28)", Trained("run").InputShape.ToString());
        string again = Write("again.txt", CommandRun.Of("summary", Path.Combine(_folder["run"], "model.safetensors"), "--text").Succeeds().Out);
        string model = Path.Combine(_folder["run"], "model.safetensors");
        Assert.Equal(
            CommandRun.Of("summary", model, "--json").Succeeds().Json().GetProperty("layers").ToString(),
            CommandRun.Of("summary", again, "--json").Succeeds().Json().GetProperty("layers").ToString());
        CommandRun.Of("train", "shapes", "--limit", "40", "--epochs", "1", "--from", model, "--out", _folder["on"]).Succeeds();
        CommandRun.Of("train", "shapes", "--limit", "40", "--epochs", "1", "--network", file, "--input", "3x12x10", "--out", _folder["sized"]).Succeeds();
        Assert.Equal("(3, 12, 10)", Trained("sized").InputShape.ToString());
    }

    [Fact]
    public void A_run_goes_on_without_the_file_and_refuses_a_changed_one()
    {
        string file = Write("small.txt", Small);
        string[] asked = [.. Digits, "--epochs", "3", "--network", file];
        CommandRun.Of([.. asked, "--out", _folder["whole"]]).Succeeds();
        CommandRun.InterruptedAt("epoch   1 ", [.. asked, "--out", _folder["parts"]]);
        string[] resume = ["train", "--resume", "--out", _folder["parts"]];

        CommandRun.Of([.. resume, "--network", "other.txt"]).FailsWith(ExitCode.WrongUsage, "--network other.txt conflicts", file);
        Write("small.txt", Small + "\n# more");
        CommandRun.Of([.. resume, "--network", file]).FailsWith(ExitCode.WrongUsage, $"{file} has changed since the run in", "leave out --network");
        File.Delete(file);
        CommandRun.Of(resume).Succeeds();
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["whole"], "model.safetensors")), File.ReadAllBytes(Path.Combine(_folder["parts"], "model.safetensors")));
    }

    [Fact]
    public void Runs_of_a_series_are_made_from_the_text_as_it_was()
    {
        string file = Write("small.txt", Small);
        CommandRun.InterruptedAt("seed 1, run 1 of 2: ", [.. Digits, "--epochs", "1", "--runs", "2", "--network", file, "--out", _folder["runs"]]);
        File.Delete(file);
        CommandRun.Of("train", "--resume", "--out", _folder["runs"]).Succeeds();
        Assert.Equal("small", Trained("runs/seed-2").Name);
    }

    [Theory]
    [InlineData("conv 4 3\nrelo\nflatten\nlinear classes", "net.txt, line 2: no layer is named 'relo' (did you mean 'relu'?)")]
    [InlineData("conv 4 29\nflatten\nlinear classes", "net.txt, line 1, node 'conv1' cannot take (1, 28, 28): ")]
    [InlineData("flatten\nlinear 7\nsoftmax", "net.txt: the network makes (7) of (1, 28, 28), and the data have 10 classes; let it end with 'linear classes' and 'softmax'")]
    [InlineData("input 28\nlinear classes", "net takes texts, and digits holds images")]
    [InlineData("# nothing", "net.txt: the text has no layers")]
    public void What_is_wrong_is_said_with_its_place(string text, string message)
    {
        CommandRun run = CommandRun.Of([.. Digits, "--epochs", "1", "--network", Write("net.txt", text), "--out", _folder["run"]]);
        Assert.NotEqual(ExitCode.Done, run.Code);
        run.FailsWith(run.Code, message);
        Assert.False(File.Exists(Path.Combine(_folder["run"], "checkpoint.safetensors")));
    }

    [Fact]
    public void What_does_not_go_together_is_refused()
    {
        string file = Write("small.txt", Small);
        CommandRun.Of([.. Digits, "--network", file, "--model", "lenet5"]).FailsWith(ExitCode.WrongUsage, "leave out --model");
        CommandRun.Of([.. Digits, "--network", file, "--from", "model.safetensors"]).FailsWith(ExitCode.WrongUsage, "--from model.safetensors brings its own network", "leave out --network");
        CommandRun.Of([.. Digits, "--network", _folder["missing.txt"]]).FailsWith(ExitCode.Failed, "there is no file", "fovea summary lenet5 --text");
        CommandRun.Of([.. Digits, "--network", _folder.Path]).FailsWith(ExitCode.Failed, "a folder, not a file");
        CommandRun.Of("summary", "lenet5", "--text", "--json").FailsWith(ExitCode.WrongUsage, "--text");
        CommandRun.Of("summary", file).FailsWith(ExitCode.Failed, "small.txt: the text names no input");
        Assert.Contains("conv1", CommandRun.Of("summary", file, "--input", "1x9x9", "--classes", "3").Succeeds().Out);
        Assert.Contains(
            CommandRun.Of([.. Digits, "--epochs", "1", "--network", Write("open.txt", "flatten\nlinear classes"), "--out", _folder["run"]]).Succeeds().Messages,
            line => line.StartsWith("note: ", StringComparison.Ordinal) && line.Contains("does not end with 'softmax'", StringComparison.Ordinal));
        File.WriteAllBytes(_folder["binary"], [1, 2, 3, 0xFF, 0xFE]);
        CommandRun.Of([.. Digits, "--network", _folder["binary"]]).FailsWith(ExitCode.Failed, "not UTF-8 text");
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }

    private Network Trained(string run) => ModelFile.Load(Path.Combine(_folder[run], "model.safetensors")).Network;
}
