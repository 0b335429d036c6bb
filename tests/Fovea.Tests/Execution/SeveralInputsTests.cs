using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Data;
using Fovea.Tests.Layers;

namespace Fovea.Tests.Execution;

/// <summary>Networks with several inputs and outputs, in every engine.</summary>
public class SeveralInputsTests
{
    private const int Batch = 9;

    /// <summary>An image, a sequence and a number to a map's mean and to scores.</summary>
    private static Network Build() => NetworkBuilder.WithInputs(("image", new Shape(2, 6, 6)), ("words", new Shape(3, 7)), ("age", new Shape()))
        .Add(new Conv2d(2, 4, 3), "conv", "image").Add(new ReLU()).Add(new Flatten(), "pixels")
        .Add(new Conv1d(3, 2, 3), "words conv", "words").Add(new Reshape(-1), "letters")
        .Add(new Reshape(1), "years", "age").Add(new Concat(), "all", "pixels", "letters", "years")
        .Add(new Linear(75, 3), "scores").Add(new GlobalAvgPool2d(), "mean", "conv").Outputs("mean", "scores").Build(seed: 3);

    private static readonly int?[] Engines = [1, 16, null];

    [Fact]
    public void Inputs_and_outputs_have_names()
    {
        Network network = Build();
        Assert.Equal([new("image", new Shape(2, 6, 6), 0), new("words", new Shape(3, 7), 72), new("age", new Shape(), 93)], network.Inputs);
        Assert.Equal([new("mean", new Shape(4, 1, 1), 0), new("scores", new Shape(3), 4)], network.Outputs);
        Assert.Equal(new Shape(94), network.InputShape);
        Assert.Equal(new Shape(7), network.OutputShape);
        Network one = Network.Sequential(new Shape(3), new Linear(3, 2));
        Assert.Equal([new("input", new Shape(3), 0)], one.Inputs);
        Assert.Equal([new("fc1", new Shape(2), 0)], one.Outputs);
    }

    [Fact]
    public void Every_output_is_what_a_network_of_its_own_would_give()
    {
        Network network = Build();
        float[] images = LayerData.Normal(Batch * 72, 1), words = LayerData.Normal(Batch * 21, 2), ages = LayerData.Normal(Batch, 3);
        float[] conv = Run(network, images, new Shape(2, 6, 6), network["conv"]), letters = Run(network, words, new Shape(3, 7), network["words conv"]);
        foreach (int? lanes in Engines)
        {
            Plan plan = Compile(network, lanes, new PlanOptions());
            plan.Forward(network.JoinInputs(("words", words), ("age", ages), ("image", images)));
            Tensor means = plan.ReadOutput("mean"), scores = plan.ReadOutput("scores");
            Assert.Equal(new Shape(Batch, 4, 1, 1), means.Shape);
            Assert.Equal(new Shape(Batch, 3), scores.Shape);
            for (int n = 0; n < Batch; n++)
            {
                float[] maps = conv[(n * 64)..((n + 1) * 64)];
                double[] features = [.. maps.Select(v => (double)Math.Max(v, 0)), .. letters[(n * 10)..((n + 1) * 10)].Select(v => (double)v), ages[n]];
                Close.Assert([.. maps.Chunk(16).Select(map => map.Average(v => (double)v))], means.Values.Slice(n * 4, 4), 1e-5, 1e-5);
                ReadOnlySpan<float> weight = network["scores"].Parameters[0].Value.Values, bias = network["scores"].Parameters[1].Value.Values;
                double[] expected = new double[3];
                for (int o = 0; o < 3; o++)
                {
                    expected[o] = bias[o];
                    for (int i = 0; i < 75; i++)
                        expected[o] += weight[o * 75 + i] * features[i];
                }
                Close.Assert(expected, scores.Values.Slice(n * 3, 3), 1e-5, 1e-5);
            }
        }
    }

    [Fact]
    public void Gradients_of_all_outputs_meet_and_those_of_one_are_its_own()
    {
        Network network = Build();
        float[] input = LayerData.Normal(Batch * 94, 4), ofMeans = LayerData.Normal(Batch * 4, 5), ofScores = LayerData.Normal(Batch * 3, 6);
        foreach (int? lanes in Engines)
        {
            Plan plan = Compile(network, lanes, PlanOptions.Training with { InputGradient = true, NodeGradients = ["image", "age"] });
            plan.Forward(input);
            plan.Backward(network.JoinOutputs(("mean", ofMeans)));
            float[] first = plan.InputGradient.ToArray();
            Assert.True(plan.ReadGradient("age").Values.IndexOfAnyExcept(0) < 0);
            plan.Backward(network.JoinOutputs(("scores", ofScores)));
            float[] second = plan.InputGradient.ToArray();
            plan.Backward(network.JoinOutputs(("mean", ofMeans), ("scores", ofScores)));
            Close.Assert([.. first.Zip(second, (a, b) => (double)a + b)], plan.InputGradient, 1e-5, 1e-5);
            Tensor image = plan.ReadGradient("image");
            Assert.Equal(new Shape(Batch, 2, 6, 6), image.Shape);
            for (int n = 0; n < Batch; n++)
                Assert.Equal(plan.InputGradient.Slice(n * 94, 72).ToArray(), image.Values.Slice(n * 72, 72).ToArray());
        }
    }

    [Fact]
    public void Files_and_texts_keep_the_names()
    {
        Network network = Build();
        using var folder = new TemporaryFolder();
        ModelFile.Save(folder.File("a"), new Model(network));
        Network loaded = ModelFile.Load(folder.File("a")).Network;
        Assert.Equal(network.Inputs, loaded.Inputs);
        Assert.Equal(network.Outputs, loaded.Outputs);
        string text = Fovea.Networks.Text.NetworkText.Write(network);
        Assert.Contains("input image 2x6x6\ninput words 3x7\ninput age scalar\n", text, StringComparison.Ordinal);
        Network read = Fovea.Networks.Text.NetworkText.Parse(text).Create(seed: 3);
        Assert.Equal(network.Inputs, read.Inputs);
        Assert.Equal(text, Fovea.Networks.Text.NetworkText.Write(read));
    }

    [Theory]
    [InlineData("none", "none is named 'none'; there are image, words, age")]
    [InlineData("imagee", "none is named 'imagee' (did you mean 'image'?)")]
    [InlineData("image", "'image' is given twice")]
    [InlineData("age", "'age' takes 9 samples of (), got 648 numbers")]
    public void Wrong_inputs_are_refused_in_one_line(string name, string message)
    {
        float[] values = new float[Batch * 72];
        ArgumentException error = Assert.Throws<ArgumentException>(() => Build().JoinInputs(("image", values), (name, values)));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("'words', 'age' is missing", Assert.Throws<ArgumentException>(() => Build().JoinInputs(("image", values))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_there_is_not_is_refused()
    {
        Network network = Build();
        Plan plan = network.Compile();
        Assert.Contains("has not run", Assert.Throws<InvalidOperationException>(() => plan.ReadOutput("mean")).Message, StringComparison.Ordinal);
        plan.Forward(new float[94]);
        Assert.StartsWith("no output is named 'score' (did you mean 'scores'?)", Assert.Throws<KeyNotFoundException>(() => plan.ReadOutput("score")).Message, StringComparison.Ordinal);
        Assert.StartsWith("a sample has at most 6 dimensions", Assert.Throws<ArgumentException>(() => new NetworkBuilder(new Shape(1, 1, 1, 1, 1, 1, 2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_of_another_input_shape_are_read_where_they_lie()
    {
        Network network = new NetworkBuilder(new Shape(1, 4, 4)).Add(new Conv2d(1, 1, 1), "a").Add(new ReLU(), "r", "a").Outputs("a", "r").Build(seed: 2);
        Plan plan = network.Compile(new PlanOptions { InputShape = new Shape(1, 8, 8) });
        plan.Forward(LayerData.Normal(64, 1));
        Tensor a = plan.ReadOutput("a"), r = plan.ReadOutput("r");
        Assert.Equal(new Shape(1, 1, 8, 8), r.Shape);
        Assert.Equal(a.Values.ToArray().Select(value => Math.Max(value, 0)), r.Values.ToArray());
        Assert.Contains("has several inputs", Assert.Throws<ShapeException>(() => Build().Compile(new PlanOptions { InputShape = new Shape(200) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_that_overlap_are_no_inputs_and_an_output_is_named_once()
    {
        Network network = new NetworkBuilder(new Shape(10)).Add(new Part(0, new Shape(5)), "x").Add(new Part(0, new Shape(5)), "y", "input").Add(new Add(), "sum", "x", "y").Build();
        Assert.Equal([new("input", new Shape(10), 0)], network.Inputs);
        Assert.Contains("an output is named twice", Assert.Throws<ArgumentException>(() => new NetworkBuilder(new Shape(2)).ReLU("x").Outputs("x", "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_too_large_name_the_node()
    {
        NetworkBuilder builder = NetworkBuilder.WithInputs(("a", new Shape(100_000, 1)), ("b", new Shape(1, 100_000)));
        Assert.StartsWith("node 'sum' cannot take (100000, 1) and (1, 100000)", Assert.Throws<ShapeException>(() => builder.Add(new Add(), "sum", "a", "b")).Message, StringComparison.Ordinal);
        NetworkBuilder twice = new NetworkBuilder(new Shape(1 << 30)).Add(new ReLU(), "x");
        Assert.Contains("more than 2147483647 elements", Assert.Throws<ShapeException>(() => twice.Add(new Concat(), "both", "x", "input").Add(new Concat(), "all", "both", "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_from_a_node_on_which_no_output_depends_is_refused()
    {
        foreach (Layer aside in (Layer[])[new ReLU(), new Reshape(4, 1)])
            foreach (int? lanes in Engines)
            {
                Network network = new NetworkBuilder(new Shape(4)).Add(aside, "aside").Add(new Sigmoid(), "out", "input").Build();
                Plan plan = Compile(network, lanes, new PlanOptions { InputGradient = true, KeepActivations = ["aside", "out"] });
                plan.Forward(LayerData.Normal(Batch * 4, 1));
                Assert.Contains("the output of network 'network' does not depend on it", Assert.Throws<InvalidOperationException>(() => plan.Backward("aside", new float[Batch * 4])).Message, StringComparison.Ordinal);
            }
    }

    private static Plan Compile(Network network, int? lanes, PlanOptions options) =>
        network.Compile(options with { Batch = Batch, Lanes = lanes, Blocked = lanes is null });

    private static float[] Run(Network network, float[] input, Shape shape, Node node)
    {
        Network one = Network.Sequential(shape, node.Layer);
        for (int i = 0; i < node.Parameters.Count; i++)
            node.Parameters[i].Value.Values.CopyTo(one.Parameters[i].Value.Span);
        return one.Compile(new PlanOptions { Batch = Batch, Lanes = 1 }).Forward(input).ToArray();
    }
}
