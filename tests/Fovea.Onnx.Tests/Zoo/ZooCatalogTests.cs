using Fovea.Layers;
using Fovea.Networks;
using Fovea.Onnx.Zoo;

namespace Fovea.Onnx.Tests.Zoo;

public sealed class ZooCatalogTests
{
    public static TheoryData<string> Presets => [.. ZooCatalog.Entries.Where(entry => entry.Preset is not null).Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Presets))]
    public void Counts_are_those_of_the_networks(string name)
    {
        ZooEntry entry = ZooCatalog.Find(name);
        Assert.Equal(name, entry.Preset!.Name);
        NetworkSummary summary = entry.Preset.CreateBlank(entry.InputShape, entry.InputShape.Height < 200 ? 10 : 1000).Summary();
        // airbench's kernels that whiten do not learn, but count.
        long fixedKernels = summary.Rows.Where(row => row.Layer == nameof(Conv2d)).Sum(row => row.Parameters - row.Trainable);
        Assert.Equal(entry.Parameters, summary.Trainable + fixedKernels);
        Assert.Equal(entry.MultiplyAdds, summary.Rows.Where(row => row.Layer is nameof(Conv2d) or nameof(Linear)).Sum(row => row.MultiplyAdds));
    }

    [Fact]
    public void Every_entry_has_a_name_a_paper_and_something_to_run()
    {
        Assert.Equal(ZooCatalog.Entries.Count, ZooCatalog.Entries.Select(entry => entry.Name).Distinct().Count());
        Assert.Equal(ZooCatalog.Entries.Select(entry => entry.Year).Order(), ZooCatalog.Entries.Select(entry => entry.Year));
        Assert.All(ZooCatalog.Entries, entry =>
        {
            Assert.Equal(Uri.UriSchemeHttps, entry.Link.Scheme);
            Assert.InRange(entry.Year, 1989, 2026);
            Assert.True(entry.Preset is not null || entry.Weights is not null);
            Assert.True(entry.Weights is null || entry.Weights.Url.Scheme == Uri.UriSchemeHttps && entry.Weights.Origin.Length > 0);
        });
    }

    [Fact]
    public void Hashes_of_torchvisions_files_are_in_their_names() => Assert.All(
        ZooCatalog.Entries.Select(entry => entry.Weights).OfType<TorchvisionWeights>(),
        weights => Assert.Matches("^[0-9a-f]{8,10}$", weights.Hash));

    [Theory]
    [InlineData("resnet18", "resnet18")]
    [InlineData("MobileNet-V2", "mobilenet_v2")]
    [InlineData("squeezenet1.1", "squeezenet1_1")]
    public void Names_are_found_however_their_parts_are_joined(string asked, string name) => Assert.Equal(name, ZooCatalog.Find(asked).Name);

    [Fact]
    public void An_unknown_name_is_refused_with_one_that_is_near() =>
        Assert.Contains("resnet18", Assert.Throws<ArgumentException>(() => ZooCatalog.Find("resnet81")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_network_without_published_weights_says_how_to_train_it() => Assert.Contains(
        "fovea train DATA --model lenet1989", (await Assert.ThrowsAsync<ArgumentException>(() => ZooCatalog.FetchAsync("lenet1989"))).Message, StringComparison.Ordinal);
}
