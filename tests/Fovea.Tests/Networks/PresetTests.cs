using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Optimizers;
using Fovea.Schedules;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Serialization;

namespace Fovea.Tests.Networks;

public class PresetTests
{
    private static readonly string[] LeNet5Nodes = ["conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3"];

    /// <summary>All but the networks that <see cref="LargePresetTests"/> and <see cref="ZooTests"/> ask.</summary>
    public static TheoryData<string, int, int> Grid()
    {
        var grid = new TheoryData<string, int, int>();
        foreach (Preset preset in PresetCatalog.All.Where(preset => preset.InputShape.Height < 224 && !preset.TakesText && (preset.Name == "lenet1989" || !ZooTests.Asked.Contains(preset.Name))))
            foreach (int channels in new[] { 1, 3 })
                foreach (int classes in new[] { 2, 10, 37 })
                    grid.Add(preset.Name, channels, classes);
        return grid;
    }

    [Theory]
    [MemberData(nameof(Grid))]
    public void Every_preset_runs_and_is_the_same_after_saving(string name, int channels, int classes)
    {
        Preset preset = PresetCatalog.Find(name);
        var input = new Shape(channels, preset.InputShape.Height, preset.InputShape.Width);
        Network network = preset.Create(input, classes, seed: 3);
        float[] images = Images(2 * input.Length);
        float[] outputs = Run(network, images);
        for (int row = 0; row < 2; row++)
            Assert.Equal(1, outputs.AsSpan(row * classes, classes).ToArray().Sum(), 1e-4);
        Assert.All(outputs, output => Assert.InRange(output, 0, 1));
        Assert.IsType<Softmax>(network.Nodes[^1].Layer);

        using var folder = new TemporaryFolder();
        ModelFile.Save(folder.File("m"), new Model(network));
        Assert.Equal(outputs, Run(ModelFile.Load(folder.File("m")).Network, images));
        Assert.Equal(outputs, Run(PresetCatalog.Create(name, input, classes, seed: 3), images));
        Assert.NotEqual(outputs, Run(PresetCatalog.Create(name, input, classes, seed: 4), images));
    }

    /// <summary>Kim's network: parameters counted by hand, and what every other preset is asked.</summary>
    [Fact]
    public void The_classifier_of_sentences_runs_and_is_the_same_after_saving()
    {
        Network network = PresetCatalog.Create("textcnn", new Shape(32), 3, seed: 3);
        int words = ((Embedding)network["embedding"].Layer).NumEmbeddings;
        Assert.Equal(100L * words + (3 + 4 + 5) * 100 * 100 + 3 * 100 + 300 * 3 + 3, network.Summary().Trainable);
        Assert.Equal(new Shape(300), network["features"].OutputShape);
        float[] texts = new float[2 * 32];
        for (int i = 0; i < 20; i++)
            (texts[i], texts[32 + i]) = (2 + 7 * i, 2 + 11 * i);
        float[] outputs = Run(network, texts);
        Assert.Equal(1, outputs.AsSpan(0, 3).ToArray().Sum(), 1e-4);
        Assert.NotEqual(outputs[..3], outputs[3..]);

        using var folder = new TemporaryFolder();
        ModelFile.Save(folder.File("m"), new Model(network));
        Assert.Equal(outputs, Run(ModelFile.Load(folder.File("m")).Network, texts));
        Assert.NotEqual(outputs, Run(PresetCatalog.Create("textcnn", new Shape(32), 3, seed: 4), texts));
        Assert.Contains("textcnn", Assert.Throws<ShapeException>(() => PresetCatalog.Create("textcnn", new Shape(4), 3)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mlp", 5, 9)]
    [InlineData("lenet1989", 8, 31)]
    [InlineData("lenet5-1998", 16, 28)]
    [InlineData("lenet5-1998", 41, 40)]
    [InlineData("lenet5", 12, 33)]
    [InlineData("convnet-basic", 8, 9)]
    [InlineData("convnet-basic", 28, 28)]
    [InlineData("convnet-basic", 128, 128)]
    [InlineData("tinyvgg", 16, 21)]
    [InlineData("minivgg", 12, 40)]
    [InlineData("convnet-norm64", 32, 32)]
    [InlineData("resnet7", 8, 33)]
    public void Other_sizes_are_taken(string name, int height, int width)
    {
        var input = new Shape(2, height, width);
        Assert.All(Run(PresetCatalog.Create(name, input, 4), Images(2 * input.Length)), output => Assert.InRange(output, 0, 1));
    }

    [Theory]
    [InlineData("lenet1989", 7)]
    [InlineData("lenet5-1998", 15)]
    [InlineData("lenet5", 11)]
    [InlineData("convnet-basic", 7)]
    [InlineData("tinyvgg", 15)]
    [InlineData("minivgg", 11)]
    [InlineData("convnet-norm64", 10)]
    [InlineData("resnet7", 7)]
    public void Pictures_that_are_too_small_are_refused_in_one_line(string name, int size)
    {
        string message = Assert.Throws<ShapeException>(() => PresetCatalog.Create(name, new Shape(1, size, 40), 10)).Message;
        Assert.Equal($"{name} takes images (C, H, W) of at least {size + 1}×{size + 1} pixels, got (1, {size}, 40)", message);
    }

    [Fact]
    public void Wrong_names_and_numbers_are_refused()
    {
        Assert.Contains("lenet5-1998", Assert.Throws<ArgumentException>(() => PresetCatalog.Find("lenet6")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PresetCatalog.Create("mlp", new Shape(1, 28, 28), 1));
        Assert.Throws<ShapeException>(() => PresetCatalog.Create("mlp", new Shape(784), 10));
    }

    /// <summary>Known answer: the shapes and parameter counts of the 1998 paper.</summary>
    [Fact]
    public void LeNet5_of_1998_has_the_shapes_and_parameters_of_the_paper()
    {
        NetworkSummary summary = PresetCatalog.Create("lenet5-1998", new Shape(1, 32, 32), 10).Summary();
        Assert.Equal(
            [("c1", new Shape(6, 28, 28), 156L), ("s2", new Shape(6, 14, 14), 12), ("c3", new Shape(16, 10, 10), 1_516),
                ("s4", new Shape(16, 5, 5), 32), ("c5", new Shape(120, 1, 1), 48_120), ("f6", new Shape(84), 10_164), ("output", new Shape(10), 0)],
            summary.Rows.Where(row => row.Name.Length == 2 || row.Name == "output").Select(row => (row.Name, row.OutputShape, row.Trainable)));
        Assert.Equal(60_000, summary.Trainable);
        Assert.Equal(60_840, summary.Parameters);
    }

    [Fact]
    public void LeNet5_of_today_has_the_known_shapes_and_parameters()
    {
        NetworkSummary summary = PresetCatalog.Create("lenet5", new Shape(1, 28, 28), 10).Summary();
        Assert.Equal(
            [new Shape(6, 28, 28), new Shape(6, 14, 14), new Shape(16, 10, 10), new Shape(16, 5, 5), new Shape(120), new Shape(84), new Shape(10)],
            LeNet5Nodes.Select(name => summary.Rows.Single(row => row.Name == name).OutputShape));
        Assert.Equal(61_706, summary.Parameters);
        Assert.Equal(416_520, summary.MultiplyAdds);
    }

    [Fact]
    public void The_zip_code_reader_has_the_papers_weights()
    {
        Network network = PresetCatalog.Create("lenet1989", new Shape(1, 16, 16), 10);
        Assert.Equal(new Shape(12, 8, 8), network["h1"].OutputShape);
        Assert.Equal(new Shape(12, 4, 4), network["h2"].OutputShape);
        Assert.Equal([12 * 25, 12 * 8 * 25, 192 * 30, 30 * 10], network.Parameters.Where(parameter => parameter.Spec.Name == "weight").Select(parameter => parameter.Value.Length));
        Assert.Equal([12 * 64, 12 * 16, 30, 10], network.Parameters.Where(parameter => parameter.Name.EndsWith(".bias", StringComparison.Ordinal)).Select(parameter => parameter.Value.Length));
        Assert.Equal(9_760, network.Summary().Trainable);
    }

    [Fact]
    public void CNN_Explainers_network_has_its_shapes()
    {
        Network network = PresetCatalog.Create("tinyvgg", new Shape(3, 64, 64), 10);
        Assert.Equal(new Shape(10, 60, 60), network["conv_1_2"].OutputShape);
        Assert.Equal(new Shape(10, 13, 13), network["max_pool_2"].OutputShape);
        Assert.Equal(new Shape(1690), network["flatten"].OutputShape);
    }

    /// <summary>Weights and scales counted by hand: kernels, two numbers a normalised map, and the last layer with its biases.</summary>
    [Theory]
    [InlineData("minivgg", 9 * (16 + 16 * 16 + 16 * 32 + 32 * 32 + 32 * 64 + 64 * 64) + 2 * 2 * (16 + 32 + 64) + 577 * 10)]
    [InlineData("convnet-norm64", 25 * 64 + 4 * 9 * 64 * 64 + 2 * 5 * 64 + 577 * 10)]
    [InlineData("resnet7", 25 * 64 + 2 * 9 * 64 * 64 + 9 * 64 * 128 + 2 * 9 * 128 * 128 + 2 * (3 * 64 + 3 * 128) + 129 * 10)]
    public void Small_networks_with_batch_normalisation_have_the_counted_parameters(string name, long parameters) =>
        Assert.Equal(parameters, PresetCatalog.CreateBlank(name, new Shape(1, 28, 28), 10).Summary().Trainable);

    [Fact]
    public void Residual_blocks_add_what_they_took()
    {
        Network network = PresetCatalog.CreateBlank("resnet7", new Shape(1, 28, 28), 10);
        Assert.Equal(new Shape(64, 14, 14), network["layer1.add"].OutputShape);
        Assert.Equal(new Shape(128, 7, 7), network["layer2.add"].OutputShape);
        Assert.Equal(["layer1.1.relu", "stem.relu"], network["layer1.add"].Inputs.Select(input => network.Nodes[input].Name));
        Assert.Equal(["layer2.1.relu", "layer2.widen.relu"], network["layer2.add"].Inputs.Select(input => network.Nodes[input].Name));
    }

    [Fact]
    public void Recipes_name_what_exists() => Assert.All(PresetCatalog.All, preset =>
    {
        TrainingRecipe recipe = preset.Recipe;
        Assert.NotNull(OptimizerFactory.Create(recipe.Optimizer, recipe.LearningRate, new OptimizerOptions { Momentum = recipe.Momentum, WeightDecay = recipe.WeightDecay }));
        Assert.NotNull(ScheduleFactory.Create(recipe.Schedule));
    });

    private static float[] Run(Network network, float[] images) =>
        network.Compile(new PlanOptions { Batch = 2, Threads = 1 }).Forward(images).ToArray();

    private static float[] Images(int length)
    {
        var rng = new Rng(4);
        var images = new float[length];
        foreach (ref float pixel in images.AsSpan())
            pixel = (float)rng.NextDouble();
        return images;
    }
}
