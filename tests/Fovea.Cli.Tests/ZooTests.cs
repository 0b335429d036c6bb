using System.Text.Json;
using Fovea.Networks.Presets;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Cli.Tests;

public sealed class ZooTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_list_names_networks_with_their_papers_and_counts()
    {
        string[] names = ["lenet1989", "lenet5-1998", "alexnet", "zfnet", "vgg16_bn", "googlenet", "inception_v3", "resnet18", "resnet110", "convnext_tiny", "airbench96", "resnet18-features"];
        CommandRun plain = CommandRun.Of("zoo", "list", "--zoo-dir", _folder.Path).Succeeds();
        JsonElement json = CommandRun.Of("zoo", "list", "--json", "--zoo-dir", _folder.Path).Succeeds().Json();
        Assert.All(names, name => Assert.Contains($"{name} ", plain.Out, StringComparison.Ordinal));
        JsonElement resnet = json.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == "resnet18");
        Assert.Equal(11_689_512, resnet.GetProperty("parameters").GetInt64());
        Assert.Equal("published", resnet.GetProperty("weights").GetString());
        Assert.Equal("https://download.pytorch.org/models/resnet18-f37072fd.pth", resnet.GetProperty("url").GetString());
    }

    [Fact]
    public void One_network_is_shown_with_its_paper_and_layers()
    {
        CommandRun plain = CommandRun.Of("zoo", "show", "lenet1989", "--zoo-dir", _folder.Path).Succeeds();
        Assert.All(["9,760", "zip code", "doi.org", "h1.bias", "none are published"], text => Assert.Contains(text, plain.Out, StringComparison.Ordinal));
        JsonElement json = CommandRun.Of("zoo", "show", "lenet1989", "--json", "--zoo-dir", _folder.Path).Succeeds().Json();
        Assert.Equal(9_760, json.GetProperty("network").GetProperty("trainableParameters").GetInt64());
        Assert.Contains("zoo get resnet18-features", CommandRun.Of("zoo", "show", "resnet18-features", "--zoo-dir", _folder.Path).Succeeds().Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_fetched_is_not_fetched_again_and_can_be_copied()
    {
        Directory.CreateDirectory(_folder["resnet18"]);
        string here = Path.Combine(_folder["resnet18"], "model.safetensors");
        ModelFile.Save(here, new Model(PresetCatalog.Create("tinyvgg", new Shape(3, 64, 64), 2)));

        Assert.Equal($"resnet18 is in {here}", CommandRun.Of("zoo", "get", "resnet18", "--zoo-dir", _folder.Path).Succeeds().Out.TrimEnd());
        CommandRun.Of("zoo", "get", "resnet18", "--zoo-dir", _folder.Path, "--out", _folder["copy.safetensors"]).Succeeds();
        Assert.Equal(File.ReadAllBytes(here), File.ReadAllBytes(_folder["copy.safetensors"]));
        Assert.Equal("fetched", CommandRun.Of("zoo", "show", "resnet18", "--json", "--zoo-dir", _folder.Path).Succeeds().Json().GetProperty("entry").GetProperty("weights").GetString());
    }

    [Fact]
    public void What_cannot_be_had_is_one_line()
    {
        CommandRun.Of("zoo", "get", "resnet81").FailsWith(ExitCode.WrongUsage, "'resnet81'", "resnet18");
        CommandRun.Of("zoo", "get", "lenet1989", "--zoo-dir", _folder.Path).FailsWith(ExitCode.Failed, "fovea train DATA --model lenet1989");
        CommandRun.Of("predict", "wrn28-10", "image.png").FailsWith(ExitCode.Failed, "fovea train DATA --model wrn28-10");
        CommandRun.Of("zoo").FailsWith(ExitCode.WrongUsage, "list, show or get");
    }
}
