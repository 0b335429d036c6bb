using System.Text.Json;
using Fovea.Data;
using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Layers;

namespace Fovea.Tests.Serialization;

public class ModelFileTests
{
    [Theory]
    [InlineData("small")]
    [InlineData("branched")]
    public void A_loaded_model_is_the_saved_one_to_the_bit(string name)
    {
        using var folder = new TemporaryFolder();
        Model saved = name == "small" ? SampleModels.Small() : SampleModels.Branched();
        saved.Network.Parameters[0].Value.Span[0] = BitConverter.UInt32BitsToSingle(0x7FC0ABCD);
        ModelFile.Save(folder.File("a"), saved);
        ModelFile.Save(folder.File("b"), saved);
        Assert.Equal(File.ReadAllBytes(folder.File("a")), File.ReadAllBytes(folder.File("b")));
        Model loaded = ModelFile.Load(folder.File("a"));
        Assert.Equal(name, loaded.Network.Name);
        Assert.Equal(saved.Network.InputShape, loaded.Network.InputShape);
        Assert.Equal(saved.Network.Nodes.Select(node => node.Name), loaded.Network.Nodes.Select(node => node.Name));
        Assert.Equal(saved.Network.Nodes.Select(Described), loaded.Network.Nodes.Select(Described));
        Assert.Equal(saved.Network.Nodes.Select(node => node.Inputs), loaded.Network.Nodes.Select(node => node.Inputs));
        Assert.Equal(saved.ClassNames, loaded.ClassNames);
        Assert.Equal(saved.Normalization, loaded.Normalization);
        Assert.Equal(saved.Info.ToDictionary(), loaded.Info.ToDictionary());
        foreach ((Parameter a, Parameter b) in saved.Network.Parameters.Zip(loaded.Network.Parameters))
        {
            Assert.Equal(a.Name, b.Name);
            Assert.Equal(a.Value.Span.ToArray().Select(BitConverter.SingleToUInt32Bits), b.Value.Span.ToArray().Select(BitConverter.SingleToUInt32Bits));
        }
        Assert.Equal(["a", "b"], folder.Names);
    }

    [Fact]
    public void Parameters_of_PyTorch_give_the_outputs_of_PyTorch()
    {
        using var folder = new TemporaryFolder();
        byte[] golden = GoldenTensors.Read("torch-network");
        File.WriteAllBytes(folder.File("torch"), golden);
        Network network = Network.Sequential(new Shape(2, 5, 6), new Conv2d(2, 3, 3, stride: 2, padding: 1), new ReLU(), new Flatten(), new Linear(27, 4));
        ModelFile.LoadParameters(folder.File("torch"), network);
        IReadOnlyDictionary<string, string> metadata = SafeTensors.Parse(golden).Metadata;
        float[] outputs = network.Compile().Forward(JsonElement.Parse(metadata["input"]).Floats()).ToArray();
        Assert.Equal(JsonElement.Parse(metadata["output"]).Floats(), outputs, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Contains("no description of a network", Assert.Throws<ModelFormatException>(() => ModelFile.Load(folder.File("torch"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_that_do_not_fit_are_listed_and_change_nothing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("torch"), GoldenTensors.Read("torch-network"));
        Network network = Network.Sequential(new Shape(2, 5, 6), new Conv2d(2, 3, 3, stride: 2, padding: 1), new Flatten(), new Linear(27, 5), new Linear(5, 2, bias: false));
        float[] before = network.Parameters[0].Value.Span.ToArray();
        string message = Assert.Throws<ModelFormatException>(() => ModelFile.LoadParameters(folder.File("torch"), network)).Message;
        Assert.EndsWith("the tensors are not those of network 'network': missing fc2.weight; of another shape fc1.weight (4, 27) instead of (5, 27), fc1.bias (4) instead of (5)", message, StringComparison.Ordinal);
        Network smaller = Network.Sequential(new Shape(2, 5, 6), new Conv2d(2, 3, 3, stride: 2, padding: 1));
        Assert.EndsWith("unexpected fc1.bias, fc1.weight", Sorted(Assert.Throws<ModelFormatException>(() => ModelFile.LoadParameters(folder.File("torch"), smaller)).Message), StringComparison.Ordinal);
        Assert.Equal(before, network.Parameters[0].Value.Span.ToArray());

        static string Sorted(string message) => message.Replace("fc1.weight, fc1.bias", "fc1.bias, fc1.weight", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2", "version 2")]
    [InlineData("\"name\":\"small\"", "\"name\":\"sm\\u001ball\"", "control characters")]
    [InlineData("\"name\":\"small\"", "\"name\":null", "does not fit")]
    [InlineData("\"name\":\"small\"", "\"nome\":\"small\"", "does not fit")]
    [InlineData("\"input\":[2,6,6]", "\"input\":[1,1,1,1,2,6,6]", "at most 6 dimensions")]
    [InlineData("\"input\":[2,6,6]", "\"input\":[2,6]", "Conv2d takes feature maps")]
    [InlineData("\"input\":[2,6,6]", "\"input\":[2,0,6]", "positive")]
    [InlineData("\"input\":[2,6,6]", "\"input\":[3,6,6]", "node 'conv1' cannot take (3, 6, 6)")]
    [InlineData("\"input\":[2,6,6]", "\"input\":[2,6000,6000]", "activations")]
    [InlineData("\"layer\":\"ReLU\"", "\"layer\":\"Process\"", "'Process': a layer of this kind is not known")]
    [InlineData("\"layer\":\"ReLU\"", "\"layer\":\"ReLU\",\"with\":{\"slope\":1}", "'slope' is not known")]
    [InlineData("\"layer\":\"ReLU\"", "\"layer\":\"ReLU\",\"with\":[]", "must be an object")]
    [InlineData("\"layer\":\"ReLU\"", "\"layer\":\"ReLU\",\"from\":[\"nobody\"]", "'nobody'")]
    [InlineData("\"outChannels\":3", "\"outChannels\":30000000", "conv1.weight")]
    [InlineData("\"outChannels\":3", "\"outChannels\":2147483647", "2147483647")]
    [InlineData("\"outChannels\":3", "\"outChannels\":0", "channels must be positive")]
    [InlineData("\"outChannels\":3", "\"outChannels\":\"3\"", "whole number")]
    [InlineData("\"outChannels\":3,", "", "'outChannels' is needed")]
    [InlineData("\"kernelSize\":3", "\"kernelSize\":2000000000", "from 0 to 16384")]
    [InlineData("\"kernelSize\":3", "\"kernelSize\":[3,3,3]", "one or two sizes")]
    [InlineData("\"classes\":[\"cat\",\"dog\"]", "\"classes\":[\"cat\"]", "2 classes, got 1")]
    [InlineData("\"classes\":[\"cat\",\"dog\"]", "\"classes\":[\"cat\",null]", "got null")]
    [InlineData("\"mean\":[0.25,0.5]", "\"mean\":[0.25]", "does not fit")]
    [InlineData("\"nodes\":[", "\"nodes\":[null,", "a node is null")]
    public void Descriptions_that_lie_are_refused(string original, string lie, string complaint)
    {
        Model model = SampleModels.Small();
        string json = ModelFile.Metadata(model)["fovea"];
        Assert.Contains(original, json, StringComparison.Ordinal);
        byte[] file = SampleModels.Write(ModelFile.Tensors(model.Network), new() { ["fovea"] = json.Replace(original, lie, StringComparison.Ordinal) });
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<ModelFormatException>(() => ModelFile.Parse(file)).Message;
        Assert.Contains(complaint, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Fields_of_a_description_that_are_unknown_are_named()
    {
        Model model = SampleModels.Small();
        Assert.Empty(model.UnknownFields);
        string json = ModelFile.Metadata(model)["fovea"].Replace("\"classes\":", "\"colour\":7,\"classes\":", StringComparison.Ordinal).Replace("{\"name\":\"conv", "{\"hue\":1,\"name\":\"conv", StringComparison.Ordinal);
        Assert.Equal(["colour", "nodes.hue"], ModelFile.Parse(SampleModels.Write(ModelFile.Tensors(model.Network), new() { ["fovea"] = json })).UnknownFields);
    }

    [Fact]
    public void Names_and_channels_must_be_as_many_as_the_networks()
    {
        Network network = SampleModels.Small().Network;
        Assert.Equal(["0", "1"], new Model(network).ClassNames);
        Assert.True(new Model(network).Normalization.IsIdentity);
        Assert.Throws<ArgumentException>(() => new Model(network, ["one"]));
        Assert.Throws<ArgumentException>(() => new Model(network, ["one", "two\u001b[2J"]));
        Assert.Throws<ArgumentException>(() => new Model(network, normalization: Normalization.Identity(1)));
        Assert.Throws<ArgumentException>(() => new Model(network, background: [1, 2]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(new byte[] { 255, 128, 0 })]
    public void The_background_of_transparent_pixels_is_kept(byte[]? background)
    {
        var model = new Model(SampleModels.Small().Network, background: background);
        using var folder = new TemporaryFolder();
        ModelFile.Save(folder.File("model"), model);
        Assert.Equal(background, ModelFile.Load(folder.File("model")).Background);
        string json = ModelFile.Metadata(model)["fovea"];
        Assert.Equal(background is not null, json.Contains("\"background\":[255,128,0]", StringComparison.Ordinal));
        foreach (string lie in (string[])["[255,128]", "[255,128,256]", "[1,2,-3]", "7"])
        {
            string changed = json.Replace("\"background\":[255,128,0]", "\"background\":" + lie, StringComparison.Ordinal);
            byte[] file = SampleModels.Write(ModelFile.Tensors(model.Network), new() { ["fovea"] = changed });
            if (background is not null)
                Assert.Throws<ModelFormatException>(() => ModelFile.Parse(file));
        }
    }

    [Theory]
    [MemberData(nameof(LayerCases.Names), MemberType = typeof(LayerCases))]
    public void Every_layer_comes_back_with_its_settings(string name)
    {
        using var folder = new TemporaryFolder();
        Network network = LayerCases.Named(name).Network();
        ModelFile.Save(folder.File("a"), new Model(network, info: new Dictionary<string, string>()));
        Assert.Equal(network.Nodes.Select(Described), ModelFile.Load(folder.File("a")).Network.Nodes.Select(Described));
    }

    [Fact]
    public void Every_layer_is_in_the_layer_test_table() =>
        Assert.Equal(LayerTable.Names.Order(), LayerCases.All.Select(layer => layer.Layer.GetType().Name).Distinct().Order());

    [Fact]
    public void Every_layer_has_a_line_in_the_table() => Assert.Empty(
        typeof(Layer).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract)
            .Select(type => type.Name)
            .Except(LayerTable.Names));

    private static string Described(Node node) => $"{node.Name} {node.Layer.GetType().Name} {LayerTable.Write(node.Layer).Words}";
}
