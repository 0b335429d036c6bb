using System.Text.Json;
using Fovea.Execution;
using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Serialization;

namespace Fovea.Tests.Networks;

/// <summary>The networks that torchvision has too, against torchvision 0.14: tools/golden/presets.py.</summary>
public class LargePresetTests
{
    private static readonly JsonElement Golden = GoldenFile.Read("presets");

    public static TheoryData<string> Names => [.. Golden.GetProperty("models").EnumerateObject().Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_have_torchvisions_names_shapes_and_number(string name)
    {
        Network network = PresetCatalog.CreateBlank(name, PresetCatalog.Find(name).InputShape, 1000);
        Assert.Equal(
            Model(name).GetProperty("parameters").EnumerateArray().Select(parameter => $"{parameter[0].GetString()} {Shape(parameter[1])}"),
            network.Parameters.Select(parameter => $"{parameter.Name} {parameter.Spec.Shape}"));
        Assert.Equal(Model(name).GetProperty("trainable").GetInt64(), network.Summary().Trainable);
    }

    [Theory]
    [InlineData("resnet18", 11_689_512)]
    [InlineData("resnet50", 25_557_032)]
    [InlineData("mobilenet_v2", 3_504_872)]
    [InlineData("vgg11", 132_863_336)]
    public void The_known_numbers_of_parameters(string name, long parameters) =>
        Assert.Equal(parameters, PresetCatalog.CreateBlank(name, new Shape(3, 224, 224), 1000).Summary().Trainable);

    [Theory]
    [MemberData(nameof(Names))]
    public void Multiply_adds_are_torchvisions(string name)
    {
        NetworkSummary summary = PresetCatalog.CreateBlank(name, new Shape(3, 224, 224), 1000).Summary();
        Assert.Equal(
            Model(name).GetProperty("multiplyAdds").GetInt64(),
            summary.Rows.Where(row => row.Layer is nameof(Conv2d) or nameof(Linear)).Sum(row => row.MultiplyAdds));
    }

    /// <summary>Images higher than wide, so that VGG's pooling to 7×7 meets rows and columns of different number.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Outputs_are_torchvisions(string name)
    {
        JsonElement size = Model(name).GetProperty("size");
        Network network = PresetCatalog.CreateBlank(name, new Shape(3, size[0].GetInt32(), size[1].GetInt32()), 10);
        HashNoise.Fill(network);
        Plan plan = network.WithoutSoftmax().Compile(new PlanOptions { Batch = 2 });
        double[] expected = Model(name).GetProperty("output").Doubles();
        Close.Assert(expected, plan.Forward(HashNoise.Images(1000, 2 * network.InputShape.Length)), 1e-5 * expected.Max(Math.Abs), 1e-5);
    }

    [Fact]
    public void A_training_step_of_ResNet18_has_torchvisions_loss_gradients_and_statistics()
    {
        JsonElement golden = Golden.GetProperty("training");
        Network network = PresetCatalog.CreateBlank("resnet18", new Shape(3, 64, 48), 10);
        HashNoise.Fill(network);
        float[] targets = new float[4 * 10];
        for (int n = 0; n < 4; n++)
            targets[n * 10 + n] = 1;
        Plan plan = network.WithoutSoftmax().Compile(PlanOptions.Training with { Batch = 4 });
        double loss = plan.TrainingStep(HashNoise.Images(1001, 4 * network.InputShape.Length), targets, new SoftmaxCrossEntropy());
        Assert.Equal(golden.GetProperty("loss").GetDouble(), loss, 2e-5);

        JsonElement norms = golden.GetProperty("gradientNorms"), statistics = golden.GetProperty("bufferNorms");
        Assert.Equal(norms.EnumerateObject().Count(), network.TrainableParameters.Count);
        for (int p = 0; p < network.TrainableParameters.Count; p++)
            Agree(norms, network.TrainableParameters[p].Name, plan.Gradient(p), 1e-3);
        foreach (Parameter buffer in network.Parameters.Where(parameter => !parameter.IsTrainable))
            Agree(statistics, buffer.Name, buffer.Value.Span, 1e-5);

        static void Agree(JsonElement norms, string name, ReadOnlySpan<float> values, double tolerance)
        {
            double expected = norms.GetProperty(name).GetDouble(), norm = Math.Sqrt(SquareSum(values));
            Assert.True(Math.Abs(norm - expected) <= tolerance * expected, $"{name}: expected a norm of {expected}, got {norm}");
        }

        static double SquareSum(ReadOnlySpan<float> values)
        {
            double sum = 0;
            foreach (float value in values)
                sum += (double)value * value;
            return sum;
        }
    }

    /// <summary>As torchvision saves it: in any order, with the number of batches that every normalisation has seen.</summary>
    [Fact]
    public void A_state_dict_loads_by_its_names()
    {
        JsonElement parameters = Model("mobilenet_v2").GetProperty("parameters");
        var tensors = new List<NamedTensor>();
        foreach (JsonElement parameter in parameters.EnumerateArray().Reverse())
        {
            string name = parameter[0].GetString()!;
            Shape shape = Shape(parameter[1]);
            float[] values = new float[shape.Length];
            values.AsSpan().Fill(tensors.Count);
            tensors.Add(new NamedTensor(name, shape, values));
            if (name.EndsWith("running_var", StringComparison.Ordinal))
                tensors.Add(new NamedTensor(name.Replace("running_var", "num_batches_tracked", StringComparison.Ordinal), new Shape(1), new float[1]));
        }
        using var folder = new TemporaryFolder();
        SafeTensorsWriter.Write(folder.File("m"), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        Network network = PresetCatalog.CreateBlank("mobilenet_v2", new Shape(3, 224, 224), 1000);
        ModelFile.LoadParameters(folder.File("m"), network);
        Dictionary<string, float> first = tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Values.Span[0]);
        Assert.All(network.Parameters, parameter => Assert.Equal(first[parameter.Name], parameter.Value.Span[^1]));
    }

    [Theory]
    [InlineData("resnet18", 3, 32, 32)]
    [InlineData("resnet50", 1, 33, 40)]
    [InlineData("mobilenet_v2", 1, 40, 33)]
    public void Grey_pictures_and_other_sizes_are_taken_and_the_network_is_the_same_after_saving(string name, int channels, int height, int width)
    {
        var input = new Shape(channels, height, width);
        Network network = PresetCatalog.Create(name, input, 3, seed: 3);
        Assert.Equal(Values(network), Values(PresetCatalog.Create(name, input, 3, seed: 3)));
        Assert.NotEqual(Values(network), Values(PresetCatalog.Create(name, input, 3, seed: 4)));
        HashNoise.Fill(network);
        float[] images = HashNoise.Images(7, input.Length), outputs = Run(network);
        Assert.Equal(1, outputs.Sum(), 1e-4);
        Assert.True(outputs.Max() > 0.34);
        using var folder = new TemporaryFolder();
        ModelFile.Save(folder.File("m"), new Model(network));
        Assert.Equal(outputs, Run(ModelFile.Load(folder.File("m")).Network));

        static float[] Values(Network network) => network[network.Nodes.Last(node => node.Layer is Conv2d).Name].Parameters[0].Value.Span.ToArray();

        float[] Run(Network network) => network.Compile().Forward(images).ToArray();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Pictures_that_are_too_small_are_refused_in_one_line(string name) => Assert.Equal(
        $"{name} takes images (C, H, W) of at least 32×32 pixels, got (3, 224, 31)",
        Assert.Throws<ShapeException>(() => PresetCatalog.Create(name, new Shape(3, 224, 31), 10)).Message);

    /// <summary>torchvision: kaiming_normal_ with fan_out, whose fan does not know of groups.</summary>
    [Fact]
    public void Kernels_start_normal_by_their_fan_out_and_the_rest_as_in_torchvision()
    {
        var conv = new Conv2d(8, 16, (3, 5), groups: 8);
        var linear = new Linear(7, 4);
        Assert.Equal(new Gaussian(Math.Sqrt(2.0 / (16 * 15))), FanOutStart.All(conv, conv.Parameters[0]));
        Assert.Equal(new Constant(0), FanOutStart.All(conv, conv.Parameters[1]));
        Assert.Equal(new Gaussian(0.01), FanOutStart.All(linear, linear.Parameters[0]));
        Assert.Equal(new Constant(0), FanOutStart.All(linear, linear.Parameters[1]));
        Assert.Equal(new FanInUniform(), FanOutStart.Convolutions(linear, linear.Parameters[0]));

        Network network = PresetCatalog.Create("resnet18", new Shape(3, 64, 64), 10);
        AssertDeviation(Math.Sqrt(2.0 / (64 * 49)), network["conv1"].Parameters[0]);
        AssertDeviation(Math.Sqrt(2.0 / (512 * 9)), network["layer4.1.conv2"].Parameters[0]);
        AssertDeviation(Math.Sqrt(1.0 / (3 * 512)), network["fc"].Parameters[0]);
        Assert.All(network.Nodes.Where(node => node.Layer is BatchNorm2d), node =>
            Assert.Equal([1, 0, 0, 1], node.Parameters.Select(parameter => parameter.Value.Span[^1])));

        static void AssertDeviation(double expected, Parameter parameter) =>
            Assert.InRange(Math.Sqrt(parameter.Value.Span.ToArray().Average(value => (double)value * value)) / expected, 0.97, 1.03);
    }

    private static JsonElement Model(string name) => Golden.GetProperty("models").GetProperty(name);

    private static Shape Shape(JsonElement sizes) => new([.. sizes.EnumerateArray().Select(size => size.GetInt32())]);
}
