using System.Text.Json;

namespace Fovea.Cli.Tests;

public sealed class DataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_list_names_what_is_built_in_and_what_is_published()
    {
        string[] names = ["digits", "shapes", "smileys", "sentences", "mnist", "fashion-mnist", "cifar10"];

        CommandRun plain = CommandRun.Of("data", "list").Succeeds();
        JsonElement json = CommandRun.Of("data", "list", "--json", "--data-dir", _folder.Path).Succeeds().Json();

        Assert.All(names, name => Assert.Contains(name, plain.Out));
        Assert.Equal(names, json.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
        Assert.True(json[0].GetProperty("builtIn").GetBoolean());
    }

    [Fact]
    public void The_list_says_where_a_data_set_lies()
    {
        Directory.CreateDirectory(_folder["mnist"]);
        foreach (string name in (string[])["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"])
            File.WriteAllText(Path.Combine(_folder["mnist"], name), "");

        JsonElement json = CommandRun.Of("data", "list", "--json", "--data-dir", _folder.Path).Succeeds().Json();
        CommandRun got = CommandRun.Of("data", "get", "mnist", "--data-dir", _folder.Path).Succeeds();

        Assert.Equal(_folder["mnist"], json[4].GetProperty("folder").GetString());
        Assert.Equal($"mnist is in {_folder["mnist"]}", got.Out.TrimEnd());
        CommandRun.Of("train", "mnist", "--data-dir", _folder.Path, "--out", _folder["run"]).FailsWith(ExitCode.Failed, _folder["mnist"]);
    }

    [Fact]
    public void A_name_that_is_not_known_is_an_error() =>
        CommandRun.Of("data", "get", "nothing", "--data-dir", _folder.Path).FailsWith(ExitCode.Failed, "'nothing'", "mnist");

    [Fact]
    public void Exported_pictures_are_what_the_data_set_holds()
    {
        JsonElement report = CommandRun.Of("data", "export", "shapes", "--limit", "6", "--out", _folder["out"], "--json").Succeeds().Json();

        Assert.Equal(6, report.GetProperty("images").GetInt32());
        Assert.Equal(["circle", "square", "triangle"], Directory.GetDirectories(_folder["out"]).Select(Path.GetFileName).Order());
        string[] files = Directory.GetFiles(_folder["out"], "*.png", SearchOption.AllDirectories);
        Assert.Equal(6, files.Length);
        Fovea.Data.IDataset shapes = Fovea.Data.Synthetic.BuiltIn.Open("shapes", Fovea.Data.DatasetSplit.Test);
        foreach (string file in files)
        {
            int index = int.Parse(Path.GetFileNameWithoutExtension(file), System.Globalization.CultureInfo.InvariantCulture);
            Imaging.Image image = Imaging.ImageFile.Load(file);
            var pixels = new float[shapes.ImageShape.Length];
            shapes.Read(index, pixels);
            Assert.Equal(shapes.ClassNames[shapes.Label(index)], Path.GetFileName(Path.GetDirectoryName(file)));
            Assert.Equal(pixels[5], image.Pixels[5 * 3] / 255f, 5);
            Assert.Equal(pixels[^1], image.Pixels[^1] / 255f, 5);
        }
    }

    [Fact]
    public void A_preview_shows_originals_and_variants_of_every_class()
    {
        string sheet = _folder["sheet.png"];
        JsonElement report = CommandRun.Of("data", "preview", "shapes", "--augment", "flip,rotate:20,mixup:0.5", "--count", "4", "--variants", "3", "--out", sheet, "--json").Succeeds().Json();
        Assert.Equal(4, report.GetProperty("images").GetInt32());
        Imaging.Image image = Imaging.ImageFile.Load(sheet);
        // Four columns of 32 pixels at twice the size; the original of the first row stands after the longest name.
        int names = 8 * 4 * 2 - 2 + 8;
        Assert.Equal((names + 4 * 68, 18 + 4 * 68), (image.Width, image.Height));
        Fovea.Data.IDataset shapes = Fovea.Data.Synthetic.BuiltIn.Open("shapes", Fovea.Data.DatasetSplit.Train);
        var pixels = new float[shapes.ImageShape.Length];
        shapes.Read(Enumerable.Range(0, 10).First(i => shapes.Label(i) == 0), pixels);
        Assert.Equal(pixels[5 * 32 + 7], image.Row(18 + 10)[(names + 14) * 3] / 255f, 5);

        byte[] first = File.ReadAllBytes(sheet);
        CommandRun.Of("data", "preview", "shapes", "--augment", "flip,rotate:20,mixup:0.5", "--count", "4", "--variants", "3", "--out", sheet).Succeeds();
        Assert.Equal(first, File.ReadAllBytes(sheet));
        CommandRun.Of("data", "preview", "shapes", "--augment", "flip", "--seed", "2", "--count", "4", "--variants", "3", "--out", sheet).Succeeds();
        Assert.NotEqual(first, File.ReadAllBytes(sheet));
        CommandRun.Of("data", "preview", "shapes", "--count", "100000", "--variants", "100000", "--out", sheet).FailsWith(ExitCode.WrongUsage, "too many for one sheet");
    }

    [Fact]
    public void Where_nothing_can_be_written_is_named()
    {
        File.WriteAllText(_folder["file"], "");
        CommandRun.Of("data", "export", "digits", "--limit", "10", "--out", _folder["file"]).FailsWith(ExitCode.Failed, _folder["file"]);
    }
}
