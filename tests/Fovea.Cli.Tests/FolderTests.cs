using System.Text.Json;
using Fovea.Data;
using Fovea.Runs.Datasets;
using Fovea.Tensors;

namespace Fovea.Cli.Tests;

public sealed class FolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_with_broken_unequal_and_doubled_pictures_trains_and_says_so()
    {
        string[] files = Export(120);
        for (int i = 0; i < files.Length; i += 20)
            File.WriteAllBytes(files[i], File.ReadAllBytes(files[i])[..50]);
        foreach (string file in Directory.GetFiles(_folder["images/circle"]).Order().Skip(20))
            File.Delete(file);
        string squares = _folder["images/square"];
        File.Copy(Directory.GetFiles(squares).Order().Last(), _folder["images/triangle/wrong.png"]);

        CommandRun run = Train("run", "--balance", "sampling", "--augment", "flip,rotate:10");

        Assert.Contains(run.Messages, line => line.StartsWith("note: 6 images cannot be read", StringComparison.Ordinal) || line.StartsWith("note: 5 images", StringComparison.Ordinal));
        Assert.Contains(run.Messages, line => line.Contains("circle", StringComparison.Ordinal) && line.Contains("PNG: ", StringComparison.Ordinal));
        Assert.Contains(run.Messages, line => line.StartsWith("to learn from: circle 1", StringComparison.Ordinal));
        Assert.Contains(run.Messages, line => line.Contains("--balance weights", StringComparison.Ordinal));
        Assert.Contains(run.Messages, line => line.Contains("wrong.png is ", StringComparison.Ordinal) && line.EndsWith(", of another class", StringComparison.Ordinal));
        Assert.Contains("accuracy on images/test: ", run.Out);
    }

    [Fact]
    public void Images_with_faults_are_counted_and_reported()
    {
        Export(60);
        string[] circles = [.. Directory.GetFiles(_folder["images/circle"]).Order(StringComparer.Ordinal)];
        foreach (string file in circles[1..4])
            File.WriteAllBytes(file, File.ReadAllBytes(file)[..^12]);
        string line = $"note: 3 images have faults that were passed over, such as {Path.Join("circle", Path.GetFileName(circles[1]))}: the end of the file is missing";
        Assert.Contains(line, Train("run").Messages);
        Assert.Contains(line["note: ".Length..], File.ReadAllText(_folder["run/report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_in_the_data_folder_is_no_class_of_the_next_and_what_is_not_used_is_said_and_reported()
    {
        Export(60);
        File.Copy(Directory.GetFiles(_folder["images/circle"])[0], _folder["images/loose.png"]);
        Directory.CreateDirectory(_folder["images/@eaDir"]);
        File.WriteAllText(_folder["images/@eaDir/thumbnail.png"], "");
        File.WriteAllText(_folder["images/circle/notes.txt"], "");
        for (int i = 0; i < 2; i++)
        {
            CommandRun run = Train($"images/runs/{i}");
            Assert.Contains("images: one folder per class", run.Messages);
            Assert.Contains("note: 1 image is not used, since nothing says what it shows:", run.Messages);
            Assert.Contains("  loose.png: directly in the folder, so of no class", run.Messages);
            Assert.Contains(run.Messages, line => line.StartsWith("  @eaDir", StringComparison.Ordinal));
            Assert.Equal(i + 1, run.Messages.Count(line => line.EndsWith("a run of Fovea's", StringComparison.Ordinal)));
            Assert.Contains(run.Messages, line => line.EndsWith("other file is passed over: no image: circle/notes.txt", StringComparison.Ordinal) || !OperatingSystem.IsLinux());
            Assert.Contains("loose.png: directly in the folder", File.ReadAllText(_folder[$"images/runs/{i}/report.html"]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_archive_and_names_that_say_the_class_train_as_folders_do()
    {
        string[] files = Export(60);
        System.IO.Compression.ZipFile.CreateFromDirectory(_folder["images"], _folder["images.zip"]);
        Directory.CreateDirectory(_folder["flat"]);
        foreach (string file in files)
            File.Copy(file, _folder[$"flat/{Path.GetFileName(Path.GetDirectoryName(file))}.{Path.GetFileName(file)}"]);
        Train("folder");
        CommandRun.Of("train", _folder["images.zip"], "--epochs", "1", "--out", _folder["zip"]).Succeeds();
        CommandRun.Of("train", _folder["flat"], "--class-pattern", "{class}.*", "--epochs", "1", "--out", _folder["names"]).Succeeds();
        List<string> runs = ["folder", "zip", "names"];
        byte[][] weights = [.. runs.Select(run => Weights(_folder[$"{run}/model.safetensors"]))];
        Assert.Equal(weights[0], weights[1]);
        Assert.Equal(weights[0], weights[2]);

        CommandRun.Of("train", _folder["flat"], "--out", _folder["run"]).FailsWith(ExitCode.Failed, "no class folders", "--class-pattern '{class}.*' here");
        CommandRun.Of("train", _folder["flat"], "--class-pattern", "*", "--out", _folder["run"]).FailsWith(ExitCode.WrongUsage, "--class-pattern must be a pattern with {class} once");
        CommandRun evaluated = CommandRun.Of("evaluate", _folder["zip/model.safetensors"], _folder["images.zip"]).Succeeds();
        Assert.Contains("those that training kept for the test", evaluated.Error, StringComparison.Ordinal);
        CommandRun.Of("evaluate", _folder["names/model.safetensors"], _folder["flat"], "--class-pattern", "{class}.*").Succeeds();
        CommandRun.Of("compare", _folder["names/model.safetensors"], _folder["zip/model.safetensors"], _folder["flat"], "--class-pattern", "{class}.*").Succeeds();
        CommandRun.Of("quantize", _folder["names/model.safetensors"], "--calibrate", _folder["flat"], "--class-pattern", "{class}.*").Succeeds();
        CommandRun.Of("data", "export", _folder["flat"], "--class-pattern", "{class}.*", "--split", "train", "--out", _folder["again"]).Succeeds();
        Assert.Equal(files.Length, Directory.GetFiles(_folder["again"], "*.png", SearchOption.AllDirectories).Length);

        // What a model says of itself names the data set.
        static byte[] Weights(string path) => [.. Fovea.Serialization.SafeTensors.Read(path).Tensors.SelectMany(tensor => tensor.Data.ToArray())];
    }

    [Fact]
    public void The_report_of_an_evaluation_says_what_was_read()
    {
        Export(60);
        Train("run");
        File.Copy(Directory.GetFiles(_folder["images/circle"])[0], _folder["images/loose.png"]);
        Directory.CreateDirectory(_folder["images/annotations"]);
        CommandRun run = CommandRun.Of("evaluate", _folder["run/model.safetensors"], _folder["images"], "--report", _folder["report.html"]).Succeeds();
        string page = File.ReadAllText(_folder["report.html"]);
        Assert.Contains("<h2>Data</h2>", page, StringComparison.Ordinal);
        foreach (string line in (string[])["images: one folder per class", "  loose.png: directly in the folder, so of no class", "  annotations/: no images in it, so no class", "images/test: 6 of 60 samples, those that training kept for the test"])
        {
            Assert.Contains(line.Replace('/', Path.DirectorySeparatorChar), run.Messages.Select(message => message.Replace('/', Path.DirectorySeparatorChar)));
            Assert.Contains(line.Split(':')[1].Trim(), page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Labels_are_matched_by_names_that_look_equal()
    {
        var data = new MemoryDataset("data", new Shape(1, 1, 1), ["caf\u00E9", "th\u00E9"], [0, 0], [0, 1]);
        IDataset matched = RelabelledDataset.Match(data, ["the\u0301", "cafe\u0301"]);
        Assert.Equal((1, 0), (matched.Label(0), matched.Label(1)));
        Assert.Same(data, RelabelledDataset.Match(data, ["cafe\u0301", "the\u0301"]));
    }

    [Fact]
    public void Where_pictures_are_kept_changes_nothing_and_the_test_part_is_the_same_for_all_seeds()
    {
        Export(80);
        Train("memory", "--validation", "0.25", "--test", "0.25");
        Train("disk", "--validation", "0.25", "--test", "0.25", "--cache-limit", "10KB", "--threads", "1");
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["memory"], "model.safetensors")), File.ReadAllBytes(Path.Combine(_folder["disk"], "model.safetensors")));

        JsonElement[] tests = [.. Enumerable.Range(1, 2).Select(seed =>
            CommandRun.Of("train", _folder["images"], "--epochs", "1", "--test", "0.25", "--seed", $"{seed}", "--json", "--out", _folder[$"seed{seed}"]).Succeeds().Json())];
        Assert.All(tests, report => Assert.Equal(20, report.GetProperty("test").GetProperty("samples").GetInt32()));
        string[][] truths = [.. tests.Select(report => report.GetProperty("samples").EnumerateArray().Select(sample => sample.GetProperty("truth").GetString()!).ToArray())];
        Assert.Equal(truths[0], truths[1]);
        CommandRun whole = Train("whole", "--test", "0", "--validation", "0");
        Assert.Contains("80 samples to learn from, 0 for validation, 0 for the test", whole.Error);
    }

    [Fact]
    public void A_model_is_judged_by_the_pictures_that_its_training_kept_back()
    {
        Export(80);
        JsonElement kept = Train("run", "--test", "0.25", "--validation", "0.2", "--seed", "7", "--json").Json().GetProperty("test");
        CommandRun asked = Evaluate(_folder["images"], "--split", "test"), unasked = Evaluate(_folder["images"]);

        Assert.Contains("images/test: 20 of 80 samples, those that training kept for the test", asked.Error);
        AssertSaysAll(kept, asked.Json());
        Assert.Equal(asked.Out, unasked.Out);
        Assert.Contains(".png", CommandRun.Of("evaluate", Path.Combine(_folder["run"], "model.safetensors"), _folder["images"]).Succeeds().Out);
        Assert.Equal(12, Evaluate(_folder["images"], "--split", "validation").Json().GetProperty("samples").GetInt32());
        Assert.Equal(48, Evaluate(_folder["images"], "--split", "train").Json().GetProperty("samples").GetInt32());
        Assert.Equal(5, Evaluate(_folder["images"], "--limit", "5").Json().GetProperty("samples").GetInt32());

        Directory.CreateDirectory(_folder["moved"]);
        Directory.Move(_folder["images"], _folder["moved/images"]);
        AssertSaysAll(kept, Evaluate(_folder["moved/images"]).Json());
        File.Delete(Directory.GetFiles(_folder["moved/images/circle"])[0]);
        Assert.Equal(79, Evaluate(_folder["moved/images"]).Json().GetProperty("samples").GetInt32());
        CommandRun.Of("evaluate", Path.Combine(_folder["run"], "model.safetensors"), _folder["moved/images"], "--split", "test")
            .FailsWith(ExitCode.Failed, "has no test part", "without --split all of it is taken");
        Directory.Move(_folder["moved/images"], _folder["images"]);
        Assert.Contains("note: there were 80 samples when the model learnt", Evaluate(_folder["images"]).Error);

        // An evaluation says more: the mistakes.
        static void AssertSaysAll(JsonElement expected, JsonElement actual) =>
            Assert.All(expected.EnumerateObject(), property => Assert.True(JsonElement.DeepEquals(property.Value, actual.GetProperty(property.Name)), property.Name));

        CommandRun Evaluate(string folder, params string[] options) =>
            CommandRun.Of(["evaluate", Path.Combine(_folder["run"], "model.safetensors"), folder, "--json", .. options]).Succeeds();
    }

    [Fact]
    public void A_share_that_leaves_nothing_or_a_part_that_is_there_is_refused()
    {
        Export(20);
        CommandRun.Of("train", _folder["images"], "--test", "0.01", "--out", _folder["run"]).FailsWith(ExitCode.WrongUsage, "--test 0.01 of 20 samples leaves one part empty");
        CommandRun.Of("train", "digits", "--limit", "100", "--test", "0.2", "--out", _folder["run"]).FailsWith(ExitCode.WrongUsage, "digits has a test part of its own");
        CommandRun.Of("train", _folder["images"], "--cache-limit", "much", "--out", _folder["run"]).FailsWith(ExitCode.WrongUsage, "--cache-limit must be a size such as 500MB or 4GB, got much");
    }

    private CommandRun Train(string name, params string[] options) =>
        CommandRun.Of(["train", _folder["images"], "--epochs", "1", "--out", _folder[name], .. options]).Succeeds();

    /// <summary>Shapes as PNG files, one folder a class; every class has its third.</summary>
    private string[] Export(int count)
    {
        CommandRun.Of("data", "export", "shapes", "--limit", $"{count}", "--out", _folder["images"]).Succeeds();
        return [.. Directory.GetFiles(_folder["images"], "*.png", SearchOption.AllDirectories).Order()];
    }
}
