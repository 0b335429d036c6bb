using System.Text.Json;

namespace Fovea.Cli.Tests;

public sealed class TextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reviews_are_learnt_and_a_sentence_is_judged()
    {
        string table = Reviews();
        JsonElement run = CommandRun.Of("train", table, "--text", "opinion", "--label", "verdict", "--vocabulary", "100", "--embedding", "16", "--epochs", "6", "--lr", "0.01", "--out", _folder["run"], "--json").Succeeds().Json();
        string model = run.GetProperty("model").GetString()!;

        JsonElement guesses = CommandRun.Of("predict", model, "a great book", "such an awful meal", "--json").Succeeds().Json().GetProperty("predictions");
        Assert.Equal("good", guesses[0].GetProperty("guesses")[0].GetProperty("class").GetString());
        Assert.Equal("bad", guesses[1].GetProperty("guesses")[0].GetProperty("class").GetString());
        File.WriteAllText(_folder["lines.txt"], "a great book\n\nawful\n");
        CommandRun lines = CommandRun.Of("predict", model, "--file", _folder["lines.txt"]).Succeeds();
        Assert.Equal(lines.Out, CommandRun.WithInput("a great book\nawful\n"u8.ToArray(), "predict", model, "-").Succeeds().Out);

        CommandRun.Of("evaluate", model, table, "--text", "opinion", "--label", "verdict").Succeeds();
        string page = File.ReadAllText(Path.Combine(_folder["run"], "report.html"));
        Assert.Contains("The words that mattered", page);

        CommandRun.Of("predict", model).FailsWith(ExitCode.WrongUsage, "takes texts");
        CommandRun.Of("evaluate", model, "digits", "--limit", "10").FailsWith(ExitCode.Failed, "the model takes texts");
    }

    [Fact]
    public void Words_begin_with_the_vectors_of_a_file()
    {
        string table = Reviews();
        File.WriteAllText(_folder["v.txt"], "great 1 1 1 1\nawful -1 -1 -1 -1\nnowhere 0 0 0 0\n");
        string[] line = ["train", table, "--text", "opinion", "--label", "verdict", "--vectors", _folder["v.txt"], "--epochs", "1", "--out", _folder["run"]];
        Assert.Contains("2 of the", CommandRun.Of(line).Succeeds().Error);
        Assert.Matches("embedding .*4", CommandRun.Of("summary", Path.Combine(_folder["run"], "model.safetensors"), "--text").Succeeds().Out);

        // What goes on has its vectors in the checkpoint.
        File.Delete(_folder["v.txt"]);
        CommandRun.Of("train", "--resume", "--out", _folder["run"], "--vectors", _folder["w.txt"]).FailsWith(ExitCode.WrongUsage, "--vectors");
        CommandRun.Of("train", "--resume", "--out", _folder["run"]).Succeeds();

        File.WriteAllText(_folder["v.txt"], "great 1 1\nawful 1\n");
        CommandRun.Of([.. line[..^1], _folder["a"]]).FailsWith(ExitCode.Failed, "v.txt, line 2: 1 numbers");
        File.WriteAllText(_folder["v.txt"], "great 1 1\n");
        CommandRun.Of([.. line[..^1], _folder["b"], "--embedding", "3"]).FailsWith(ExitCode.WrongUsage, "have 2 numbers");
        CommandRun.Of("train", "digits", "--limit", "20", "--vectors", _folder["v.txt"], "--out", _folder["c"]).FailsWith(ExitCode.WrongUsage, "holds images");
    }

    [Fact]
    public void What_does_not_go_together_is_said()
    {
        string table = Reviews();
        CommandRun.Of("train", table, "--out", _folder["a"]).FailsWith(ExitCode.Failed, "id, opinion, verdict");
        CommandRun.Of("train", table, "--text", "words", "--out", _folder["b"]).FailsWith(ExitCode.WrongUsage, "there are id, opinion, verdict");
        CommandRun.Of("train", "sentences", "--model", "lenet5", "--out", _folder["c"]).FailsWith(ExitCode.WrongUsage, "textcnn does");
        CommandRun.Of("train", "digits", "--limit", "20", "--model", "textcnn", "--out", _folder["d"]).FailsWith(ExitCode.WrongUsage, "holds images");
        CommandRun.Of("data", "export", "sentences", "--out", _folder["e"]).FailsWith(ExitCode.Failed, "holds texts");
        CommandRun.Of("data", "preview", "sentences", "--out", _folder["f.png"]).FailsWith(ExitCode.Failed, "holds texts");
    }

    private string Reviews()
    {
        string[] good = ["great", "lovely", "fine"], bad = ["awful", "ugly", "poor"], things = ["book", "meal", "film", "room"];
        File.WriteAllText(_folder["reviews.csv"], "id,opinion,verdict\n" + string.Concat(Enumerable.Range(0, 120).Select(i =>
            $"{i},\"the {things[i % 4]}, number {i}, was {(i % 2 == 0 ? good : bad)[i % 3]}\",{(i % 2 == 0 ? "good" : "bad")}\n")));
        return _folder["reviews.csv"];
    }
}
