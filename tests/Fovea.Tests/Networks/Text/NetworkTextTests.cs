using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Networks.Text;
using Fovea.Tensors;
using Fovea.Tests.Layers;

namespace Fovea.Tests.Networks.Text;

public class NetworkTextTests
{
    public static TheoryData<string> PresetNames => [.. PresetCatalog.All.Select(preset => preset.Name)];

    [Fact]
    public void A_chain_is_a_layer_a_line_and_channels_follow()
    {
        NetworkText text = NetworkText.Parse("""
            # photos of four kinds
            input 3x64x64            # else what the data give
            conv 32 3 pad=same
            batchnorm
            relu
            maxpool 2

            dropout2d 0.25
            flatten
            linear classes
            softmax
            """);
        Network network = text.Create(classes: 4);
        Network built = new NetworkBuilder(new Shape(3, 64, 64))
            .Conv2d(32, 3, padding: Padding.Same).BatchNorm2d().ReLU().MaxPool2d(2).Dropout2d(0.25).Flatten().Linear(4).Softmax().Build(seed: 1);
        RequireSame(built, network);
        Assert.Equal(new Shape(3, 64, 64), text.InputShape);
        Assert.Null(text.Classes);
        Assert.Equal(["conv1", "batchnorm2d1", "relu1", "pool1", "dropout2d1", "flatten1", "fc1", "softmax1"], network.Nodes.Select(node => node.Name));
        Assert.Equal(new Shape(1, 16, 16), text.CreateBlank(new Shape(1, 16, 16), 2).InputShape);
    }

    [Fact]
    public void Decoders_and_normalisations_take_their_channels_from_what_they_are_given()
    {
        Network network = NetworkText.Parse("""
            input 6x3x4
            convtranspose 8 3 stride=2 pad=1 outputPadding=1
            groupnorm 4
            upsample 1x2
            instancenorm affine=true
            layernorm 6,16 eps=0.001
            """).CreateBlank();
        Network built = new NetworkBuilder(new Shape(6, 3, 4))
            .ConvTranspose2d(8, 3, stride: 2, padding: 1, outputPadding: 1).GroupNorm(4).Upsample2d((1, 2)).InstanceNorm2d(affine: true).LayerNorm([6, 16], eps: 0.001).Build();
        RequireSame(built, network, isBlank: true);
        Assert.Equal(new Shape(8, 6, 16), network.OutputShape);
        Assert.Contains("\ngroupnorm 4\nupsample 1x2\ninstancenorm affine=true\nlayernorm 6,16 eps=0.001\n", NetworkText.Write(network), StringComparison.Ordinal);
    }

    [Fact]
    public void Branches_name_their_nodes()
    {
        Network network = NetworkText.Parse("""
            input 2x6x6
            relu
            skip = relu1
            main: conv 4 3 pad=1
            conv channels 3 pad=1 groups=channels
            side: conv 4 1 from skip
            sum: add conv1 side
            add main
            both: concat sum add1 input
            maxpool size
            """).CreateBlank();
        Assert.Equal(["side"], Inputs(network, "sum")[1..]);
        Assert.Equal(["relu1"], Inputs(network, "side"));
        Assert.Equal(["sum", "main"], Inputs(network, "add1"));
        Assert.Equal(["sum", "add1", "input"], Inputs(network, "both"));
        Assert.Equal(4, Assert.IsType<Conv2d>(network["conv1"].Layer).Groups);
        Assert.Equal(new Shape(10, 1, 1), network.OutputShape);
    }

    /// <summary>With the preset's name behind <c>init</c>, the weights are the preset's to the bit.</summary>
    [Theory]
    [MemberData(nameof(PresetNames))]
    public void Presets_read_back_as_they_were(string name)
    {
        Preset preset = PresetCatalog.Find(name);
        bool isLarge = preset.InputShape.Height > 64;
        Network network = isLarge ? preset.CreateBlank(preset.InputShape, 7) : preset.Create(preset.InputShape, 7, seed: 3);
        NetworkText text = NetworkText.Parse(NetworkText.Write(network, name));
        RequireSame(network, isLarge ? text.CreateBlank() : text.Create(seed: 3), isLarge);
        Assert.Equal(11, text.CreateBlank(classes: 11).OutputShape.Length);
        Assert.Equal(text.Source, NetworkText.Write(text.CreateBlank(), name));
    }

    [Theory]
    [MemberData(nameof(LayerCases.Names), MemberType = typeof(LayerCases))]
    public void Layers_read_back_as_they_were(string name)
    {
        Network network = LayerCases.Named(name).Network();
        network.Initialize(9);
        RequireSame(network, NetworkText.Parse(NetworkText.Write(network)).Create(seed: 9));
    }

    [Fact]
    public void Settings_of_every_kind_and_names_of_every_kind_read_back()
    {
        Network network = new NetworkBuilder(new Shape(3, 9, 8))
            .Add(new Conv2d(3, 4, (3, 2), (2, 1), new Padding { Top = 1, Left = 2, Right = 3 }, (1, 2), bias: false, connections: [[0], [1, 2], [0, 2], [0, 1, 2]], trainable: false), "a \"quoted\" name: # = \u202E é")
            .Add(new BatchNorm2d(4, 0.1 + 0.2, 1.0 / 3, affine: false), "from")
            .Add(new AvgPool2d(2, (1, 2), Padding.Same, ceil: true, countIncludePad: false), "conv1")
            .Add(new ReLU(), "relu2").Add(new ReLU()).Add(new ReLU(), "relu4").Add(new ReLU(), "relu3")
            .Add(new Add(), "twice", "from", "from").Add(new Concat(), "classes", "relu3", "conv1")
            .Add(new Conv2d(8, 1, 1, connections: [[7]]))
            .Build(4, "odd: \"name\"");
        string text = NetworkText.Write(network);
        RequireSame(network, NetworkText.Parse(text).Create(seed: 4));
        Assert.All(text.Split('\n'), line => Assert.DoesNotContain(line, char.IsControl));
    }

    /// <summary>A last layer of one output a row has not as many outputs as there are classes, even where there are as many rows.</summary>
    [Fact]
    public void Layers_over_the_last_dimension_read_back()
    {
        Network rows = new NetworkBuilder(new Shape(12, 5)).Linear(1, inFeatures: 5).Flatten().Build(3);
        Assert.Contains("\nlinear 1 inFeatures=5\n", NetworkText.Write(rows), StringComparison.Ordinal);
        RequireSame(rows, NetworkText.Parse(NetworkText.Write(rows)).Create(seed: 3));
        Network weighed = new NetworkBuilder(new Shape(3, 5)).Linear(4, inFeatures: 5, name: "scores").Constant(new Shape(3), name: "weights").MatMul("weights", "scores").Build(3);
        RequireSame(weighed, NetworkText.Parse(NetworkText.Write(weighed)).Create(seed: 3));
    }

    [Fact]
    public void Pairs_keep_their_order()
    {
        Network network = NetworkText.Parse("""
            input 3x4
            a: sigmoid
            b: tanh from input
            subtract a
            subtract a b
            divide from a subtract2
            matmul subtract1 row
            """.Replace("matmul", "row: constant 4x2\nmatmul", StringComparison.Ordinal)).CreateBlank();
        Assert.Equal(["b", "a"], Inputs(network, "subtract1"));
        Assert.Equal(["a", "b"], Inputs(network, "subtract2"));
        Assert.Equal(["a", "subtract2"], Inputs(network, "divide1"));
        Assert.Equal(["subtract1", "row"], Inputs(network, "matmul1"));
        Assert.Equal(new Shape(3, 2), network.OutputShape);
        RequireSame(network, NetworkText.Parse(NetworkText.Write(network)).CreateBlank(), isBlank: true);
    }

    [Fact]
    public void Every_layer_has_a_word()
    {
        Assert.Equal(LayerTable.Names.Count(), LayerWord.Words.Distinct().Count());
        Assert.All(LayerTable.Names, name => Assert.Equal(name, LayerWord.Find(name.ToUpperInvariant())!.Layer));
        Assert.All(LayerWord.Words, word => Assert.All(LayerWord.Find(word)!.Places, place => Assert.NotNull(LayerWord.Find(word)!.Field(place))));
        Assert.All(LayerWord.Words, word => Assert.All(LayerWord.Find(word)!.Implied, implied => Assert.NotNull(LayerWord.Find(word)!.Field(implied.Setting))));
    }

    internal static void RequireSame(Network expected, Network actual, bool isBlank = false)
    {
        Assert.Equal(expected.Name == "network" ? actual.Name : expected.Name, actual.Name);
        Assert.Equal(expected.InputShape, actual.InputShape);
        Assert.Equal(expected.Nodes.Select(Words), actual.Nodes.Select(Words));
        Assert.Equal(expected.Parameters.Select(parameter => parameter.Name), actual.Parameters.Select(parameter => parameter.Name));
        if (isBlank)
            return;
        foreach ((Parameter left, Parameter right) in expected.Parameters.Zip(actual.Parameters))
            Assert.True(left.Value.Span.SequenceEqual(right.Value.Span), left.Name);
    }

    private static string Words(Node node) =>
        $"{node.Name}: {node.Layer.GetType().Name} {LayerTable.Write(node.Layer).ToJson()} {string.Join(',', node.Inputs)} {node.OutputShape}";

    private static string[] Inputs(Network network, string node) => [.. network[node].Inputs.Select(input => input < 0 ? "input" : network.Nodes[input].Name)];
}
