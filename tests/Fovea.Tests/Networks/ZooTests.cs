using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Tests.Networks;

/// <summary>The well-known networks against torchvision 0.14 and versions written after the papers: tools/golden/zoo.py.</summary>
public class ZooTests
{
    private static readonly JsonElement Golden = GoldenFile.Read("zoo");

    /// <summary>
    /// What is published, parameters and multiply-adds in billions (null where nobody says). Of torchvision's networks both
    /// are in its documentation of weights (num_params and GFLOPS, which are multiply-adds), but of googlenet and
    /// inception_v3, which have auxiliary classifiers there: GoogLeNet's without is documented, Inception-v3's is Keras'
    /// 23,851,784 less the 17,216 statistics that it counts. Others: papers.
    /// </summary>
    public static TheoryData<string, long, double?> Published => new()
    {
        { "lenet1989", 9_760, null }, // LeCun et al. (1989): 1256 units, 64,660 connections, 9760 independent parameters
        { "lenet5-1998", 60_000, null }, // LeCun et al. (1998), section II B: 60,000 trainable parameters
        { "zfnet", 62_357_608, null }, // Zeiler and Fergus (2013), figure 3: counted layer by layer
        { "resnet20", 269_722, null }, // He et al. (2015), table 6: 0.27 M
        { "resnet32", 464_154, null }, // 0.46 M
        { "resnet44", 658_586, null }, // 0.66 M
        { "resnet56", 853_018, null }, // 0.85 M
        { "resnet110", 1_727_962, null }, // 1.7 M
        { "wrn28-10", 36_479_194, null }, // Zagoruyko and Komodakis (2016), table 4: 36.5 M
        { "airbench94", 1_972_792, null }, // Jordan (2024), section 2: 1.97 million
        { "alexnet", 61_100_840, 0.714 },
        { "vgg11", 132_863_336, 7.609 },
        { "vgg13", 133_047_848, 11.308 },
        { "vgg16", 138_357_544, 15.470 },
        { "vgg19", 143_667_240, 19.632 },
        { "vgg11_bn", 132_868_840, 7.609 },
        { "vgg13_bn", 133_053_736, 11.308 },
        { "vgg16_bn", 138_365_992, 15.470 },
        { "vgg19_bn", 143_678_248, 19.632 },
        { "googlenet", 6_624_904, 1.498 },
        { "inception_v3", 23_834_568, 5.713 },
        { "resnet18", 11_689_512, 1.814 },
        { "resnet34", 21_797_672, 3.664 },
        { "resnet50", 25_557_032, 4.089 },
        { "resnet101", 44_549_160, 7.801 },
        { "resnet152", 60_192_808, 11.514 },
        { "wide_resnet50_2", 68_883_240, 11.398 },
        { "resnext50_32x4d", 25_028_904, 4.230 },
        { "densenet121", 7_978_856, 2.834 },
        { "squeezenet1_0", 1_248_424, 0.819 },
        { "squeezenet1_1", 1_235_496, 0.349 },
        { "mobilenet_v2", 3_504_872, 0.301 },
        { "mobilenet_v3_large", 5_483_032, 0.217 },
        { "mobilenet_v3_small", 2_542_856, 0.057 },
        { "shufflenet_v2_x1_0", 2_278_604, 0.145 },
        { "mnasnet1_0", 4_383_312, 0.314 },
        { "efficientnet_b0", 5_288_548, 0.386 },
        { "regnet_y_400mf", 4_344_144, 0.402 },
        { "convnext_tiny", 28_589_128, 4.456 },
    };

    /// <summary>The networks that are asked here.</summary>
    public static IReadOnlyList<string> Asked { get; } = [.. Golden.EnumerateObject().Select(model => model.Name)];

    public static TheoryData<string> Names => [.. Asked];

    [Theory]
    [MemberData(nameof(Published))]
    public void Parameters_and_multiply_adds_are_the_published_ones(string name, long parameters, double? billions)
    {
        NetworkSummary summary = Full(name).Summary();
        long fixedScales = name.StartsWith("airbench", StringComparison.Ordinal) ? ScalesOf(summary) : 0;
        Assert.Equal(parameters, summary.Trainable + fixedScales);
        if (billions is { } expected)
            Assert.Equal(expected, Products(summary) / 1e9, 0.00051);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Names_shapes_and_counts_are_the_reference_networks(string name)
    {
        Network network = Full(name);
        string[] lines = [.. network.Parameters.Where(parameter => parameter.Spec.Name != "value")
            .Select(parameter => $"{parameter.Name} {string.Join(", ", parameter.Spec.Shape.ToArray())}").Order(StringComparer.Ordinal)];
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
        Assert.True(Golden.GetProperty(name).GetProperty("names").GetString() == digest, $"compare with 'zoo.py {name}':\n{string.Join('\n', lines)}");
        if (Golden.GetProperty(name).TryGetProperty("multiplyAdds", out JsonElement products))
            Assert.Equal(products.GetInt64(), Products(network.Summary()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Outputs_are_the_reference_networks(string name)
    {
        JsonElement golden = Golden.GetProperty(name), size = golden.GetProperty("size");
        Preset preset = PresetCatalog.Find(name);
        var rng = new Rng(0);
        Network network = preset.CreateBlank(new Shape(preset.InputShape.Channels, size[0].GetInt32(), size[1].GetInt32()), 10);
        HashNoise.FillByName(network);
        foreach (Parameter constant in network.Parameters.Where(parameter => parameter.Spec.Name == "value"))
            constant.Spec.Initializer.Fill(constant.Value.Span, 1, 1, ref rng);
        Plan plan = network.WithoutSoftmax().Compile(new PlanOptions { Batch = 2 });
        double[] expected = golden.GetProperty("output").Doubles();
        Close.Assert(expected, plan.Forward(HashNoise.Images(1000, 2 * network.InputShape.Length)), 2e-5 * expected.Max(Math.Abs), 2e-5);
    }

    /// <summary>Deep networks of small inputs, whose files are small.</summary>
    [Theory]
    [InlineData("lenet1989", 16)]
    [InlineData("googlenet", 32)]
    [InlineData("squeezenet1_0", 40)]
    [InlineData("resnet20", 16)]
    [InlineData("densenet121", 32)]
    [InlineData("mobilenet_v3_small", 32)]
    [InlineData("shufflenet_v2_x1_0", 32)]
    [InlineData("regnet_y_400mf", 32)]
    [InlineData("airbench94", 10)]
    [InlineData("convnext_tiny", 32)]
    public void A_model_file_gives_the_network_back(string name, int side)
    {
        Preset preset = PresetCatalog.Find(name);
        Network network = preset.Create(new Shape(1, side, side), 3, seed: 2);
        HashNoise.FillByName(network);
        using var file = new MemoryStream();
        ModelFile.Save(file, new Model(network));
        file.Position = 0;
        Network read = ModelFile.Load(file).Network;
        Assert.Equal(network.Nodes.Select(node => (node.Name, node.Layer.GetType())), read.Nodes.Select(node => (node.Name, node.Layer.GetType())));
        float[] images = HashNoise.Images(7, network.InputShape.Length), outputs = network.WithoutSoftmax().Compile().Forward(images).ToArray();
        Assert.Equal(outputs, read.WithoutSoftmax().Compile().Forward(images).ToArray());
        Assert.True(outputs.Distinct().Count() > 1);
    }

    /// <summary>A network of each family: a step gives a finite loss, and every parameter that learns a gradient.</summary>
    [Theory]
    [InlineData("lenet1989", 16)]
    [InlineData("alexnet", 63)]
    [InlineData("zfnet", 64)]
    [InlineData("vgg11_bn", 32)]
    [InlineData("squeezenet1_1", 40)]
    [InlineData("googlenet", 64)]
    [InlineData("inception_v3", 96)]
    [InlineData("resnet34", 64)]
    [InlineData("resnext50_32x4d", 64)]
    [InlineData("resnet20", 16)]
    [InlineData("wrn28-10", 8)]
    [InlineData("densenet121", 64)]
    [InlineData("mobilenet_v3_small", 64)]
    [InlineData("shufflenet_v2_x1_0", 64)]
    [InlineData("mnasnet1_0", 64)]
    [InlineData("efficientnet_b0", 64)]
    [InlineData("regnet_y_400mf", 64)]
    [InlineData("convnext_tiny", 64)]
    [InlineData("airbench96", 32)]
    public void A_training_step_reaches_every_parameter(string name, int side)
    {
        Preset preset = PresetCatalog.Find(name);
        Network network = preset.Create(new Shape(preset.InputShape.Channels, side, side), 4, seed: 2);
        Plan plan = network.WithoutSoftmax().Compile(PlanOptions.Training with { Batch = 2 });
        double loss = plan.TrainingStep(HashNoise.Images(7, 2 * network.InputShape.Length), [1, 0, 0, 0, 0, 0, 1, 0], new SoftmaxCrossEntropy());
        Assert.True(double.IsFinite(loss) && loss > 0);
        for (int p = 0; p < network.TrainableParameters.Count; p++)
        {
            float[] gradient = plan.Gradient(p).ToArray();
            Assert.All(gradient, value => Assert.True(float.IsFinite(value)));
            Assert.True(Array.Exists(gradient, value => value != 0), $"{network.TrainableParameters[p].Name} has no gradient");
        }
    }

    [Theory]
    [InlineData("mobilenet-v2", "mobilenet_v2")]
    [InlineData("squeezenet1.1", "squeezenet1_1")]
    [InlineData("LeNet5_1998", "lenet5-1998")]
    public void Names_are_found_however_their_parts_are_joined(string asked, string name) => Assert.Equal(name, PresetCatalog.Find(asked).Name);

    private static Network Full(string name)
    {
        Preset preset = PresetCatalog.Find(name);
        return preset.CreateBlank(preset.InputShape, preset.InputShape.Height < 200 ? 10 : 1000);
    }

    private static long Products(NetworkSummary summary) =>
        summary.Rows.Where(row => row.Layer is nameof(Conv2d) or nameof(Linear)).Sum(row => row.MultiplyAdds);

    /// <summary>The paper counts the whitening kernels, which do not learn here either.</summary>
    private static long ScalesOf(NetworkSummary summary) => summary.Rows[0].Parameters - summary.Rows[0].Trainable;
}
