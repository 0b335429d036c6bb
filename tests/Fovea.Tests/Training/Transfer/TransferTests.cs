using Fovea.Data;
using Fovea.Data.Augmentation;
using Fovea.Data.Synthetic;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Optimizers;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Training;
using Fovea.Training.Transfer;

namespace Fovea.Tests.Training.Transfer;

public class TransferTests
{
    private static readonly Normalization Pixels = new([0.5f, 0.4f, 0.3f], [0.2f, 0.25f, 0.3f]);

    [Theory]
    [InlineData("lenet5", "flatten", 400)]
    [InlineData("resnet18", "flatten", 512)]
    [InlineData("mobilenet_v2", "flatten", 1280)]
    [InlineData("vgg11", "flatten", 25088)]
    [InlineData("mlp", "relu2", 100)]
    public void A_network_is_cut_where_maps_become_features(string preset, string node, int features)
    {
        NetworkCut cut = PresetCatalog.Find(preset).CreateBlank(PresetCatalog.Find(preset).InputShape, 10).Cut();
        Assert.Equal((node, features), (cut.Node, cut.Features));
        Assert.Equal(1, cut.Backbone.OutputShape.Rank);
    }

    [Fact]
    public void A_network_that_pools_its_scores_is_cut_before_the_layer_that_makes_them()
    {
        Network network = new NetworkBuilder(new Shape(3, 16, 16)).Conv2d(8, 3, name: "first").ReLU("relu")
            .Conv2d(5, 1, name: "scores").GlobalAvgPool2d(name: "pool").Flatten("flat").Softmax("softmax").Build(1, "n");
        NetworkCut cut = network.Cut();
        Assert.Equal(("relu", 8), (cut.Node, cut.Features));
        Assert.Contains("there are", Assert.Throws<ArgumentException>(() => network.Cut("relo")).Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'relu'", Assert.Throws<ArgumentException>(() => network.Cut("relo")).Message, StringComparison.Ordinal);
        Assert.Equal(5, network.Cut("scores").Features);
    }

    [Fact]
    public void Features_do_not_depend_on_threads_or_on_what_was_asked_for_before()
    {
        IDataset all = BuiltIn.Open("shapes", DatasetSplit.Test);
        var some = new Subset(all, [7, 3, 40, 41, 42, 5, 6, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99], "some");
        float[] one = Read(Cache(threads: 1).Of(some, variants: true));
        FeatureCache two = Cache(threads: 2);
        _ = two.Of(new Subset(all, [3, 90, 91], "others"));
        Assert.Equal(one, Read(two.Of(some, variants: true)));
        int computed = 0;
        _ = two.Of(some, variants: true, (_, total) => computed += total);
        Assert.Equal(0, computed);

        // The first variant is the image as it is, the others are not.
        IDataset plain = two.Of(some);
        float[] first = Read(plain);
        int features = plain.ImageShape.Length;
        Assert.Equal(first[..features], one[..features]);
        Assert.NotEqual(one[..features], one[features..(2 * features)]);
        Assert.Equal([.. Enumerable.Range(0, some.Count).SelectMany(n => Enumerable.Repeat(some.Label(n), 3))], Enumerable.Range(0, some.Count * 3).Select(two.Of(some, variants: true).Label));
    }

    [Fact]
    public void Features_beyond_the_memory_are_kept_as_halves_and_then_refused()
    {
        var some = new Subset(BuiltIn.Open("shapes", DatasetSplit.Test), [.. Enumerable.Range(0, 20)], "some");
        Network backbone = Backbone();
        int length = backbone.OutputShape.Length;
        float[] whole = Read(new FeatureCache(backbone, Pixels).Of(some));
        float[] halves = Read(new FeatureCache(backbone, Pixels, new FeatureOptions { MaxBytes = 20 * length * 2 }).Of(some));
        Assert.Equal(whole.Select(value => (float)(Half)value), halves);
        var small = new FeatureCache(backbone, Pixels, new FeatureOptions { MaxBytes = 20 * length * 2 - 1 });
        Assert.Contains("are allowed", Assert.Throws<ArgumentException>(() => small.Of(some)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_learns_and_joined_with_its_backbone_it_says_the_same_of_images()
    {
        IDataset all = BuiltIn.Open("shapes", DatasetSplit.Test);
        var some = new Subset(all, [.. Enumerable.Range(0, 120)], "some");
        NetworkCut cut = Backbone().Cut();
        var head = new FeatureHead(cut, new FeatureCache(cut.Backbone, Pixels), some);
        Network learnt = head.Create(seed: 3);
        var trainer = new Trainer(learnt, new AdamW(1e-2), new TrainingOptions { Epochs = 40, BatchSize = 32 });
        trainer.Run(head.Training);
        Assert.InRange(trainer.State.History[^1].Accuracy, 0.9, 1);

        Network whole = head.Join(learnt);
        float[] ofFeatures = Probabilities(learnt, head.Of(some), null), ofImages = Probabilities(whole, some, Pixels);
        for (int i = 0; i < ofFeatures.Length; i++)
            Assert.Equal(ofFeatures[i], ofImages[i], 1e-4f);
        Assert.Throws<ArgumentException>(() => head.Join(cut.Backbone));
    }

    [Fact]
    public void Features_that_do_not_vary_do_no_harm()
    {
        Network backbone = Backbone();
        Parameter last = backbone.Parameters[^2];
        last.Value.Span.Clear();
        NetworkCut cut = backbone.Cut();
        var some = new Subset(BuiltIn.Open("shapes", DatasetSplit.Test), [.. Enumerable.Range(0, 30)], "some");
        var head = new FeatureHead(cut, new FeatureCache(cut.Backbone, Pixels), some);
        Assert.All(Read(head.Training), value => Assert.True(float.IsFinite(value)));
        Assert.All(Read(head.Training), value => Assert.InRange(value, -1e-3f, 1e-3f));
    }

    [Fact]
    public void Earlier_layers_learn_in_geometric_steps_more_slowly()
    {
        Network network = Chain(5);
        IReadOnlyList<float> factors = LayerRates.Geometric(network, 0.01);
        Assert.Equal(network.TrainableParameters.Count, factors.Count);
        float[] expected = [0.01f, 0.01f, 0.0316228f, 0.0316228f, 0.1f, 0.1f, 0.316228f, 0.316228f, 1, 1];
        for (int p = 0; p < expected.Length; p++)
            Assert.Equal(expected[p], factors[p], 1e-5f);
        Assert.Throws<ArgumentException>(() => LayerRates.Geometric(network, 0));
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("rmsprop")]
    public void A_factor_on_a_rate_is_as_good_as_another_rate(string name)
    {
        float[] gradient = [0.3f, -0.2f, 0.1f];
        float[] Moved(double rate, float[]? factors)
        {
            Optimizer optimizer = OptimizerFactory.Create(name, rate, new OptimizerOptions { Momentum = name is "sgd" or "rmsprop" ? 0.9 : null, WeightDecay = 0.1 });
            optimizer.Prepare([3, 3]);
            optimizer.RateFactors = factors;
            float[] values = [1, 2, 3];
            for (int step = 0; step < 3; step++)
            {
                optimizer.BeginStep();
                optimizer.Update(1, 0, values, gradient, 1, decay: true);
            }
            return values;
        }
        Assert.Equal(Moved(0.0625, null), Moved(0.125, [1, 0.5f]));
        Assert.Equal([1, 2, 3], Moved(0.125, [1, 0]));
        Assert.Throws<ArgumentException>(() => Moved(0.125, [1, -1]));
    }

    [Fact]
    public void Layers_are_unfrozen_from_the_last_to_the_first_by_the_middle_of_the_run()
    {
        Network network = Chain(5);
        string[] Learning() => [.. network.Nodes.Where(node => node.Parameters.Any(parameter => !parameter.IsFrozen)).Select(node => node.Name)];
        var seen = new List<string>();
        for (int epoch = 0; epoch < 8; epoch++)
        {
            LayerRates.Unfreeze(network, epoch, 8);
            seen.Add(string.Join(" ", Learning()));
        }
        Assert.Equal(["l3 l4", "l2 l3 l4", "l1 l2 l3 l4", "l0 l1 l2 l3 l4"], seen[..4]);
        Assert.All(seen[4..], learning => Assert.Equal("l0 l1 l2 l3 l4", learning));
    }

    private static FeatureCache Cache(int threads) => new(Backbone(), Pixels, new FeatureOptions
    {
        Variants = 3,
        Augmenter = Augmenter.Parse("flip,rotate:20"),
        Seed = 5,
        Threads = threads,
    });

    private static Network Backbone() => new NetworkBuilder(new Shape(3, 32, 32))
        .Conv2d(16, 3, padding: Padding.Same, name: "conv1").BatchNorm2d(name: "bn1").ReLU("relu1").MaxPool2d(2, name: "pool1")
        .Conv2d(24, 3, padding: Padding.Same, name: "conv2").ReLU("relu2").MaxPool2d(4, name: "pool2").Flatten("flatten").Build(7, "backbone");

    private static Network Chain(int layers)
    {
        var builder = new NetworkBuilder(new Shape(4));
        for (int i = 0; i < layers; i++)
            builder.Linear(4, name: $"l{i}");
        return builder.Build(1, "chain");
    }

    private static float[] Read(IDataset features)
    {
        int length = features.ImageShape.Length;
        var values = new float[features.Count * length];
        for (int n = 0; n < features.Count; n++)
            features.Read(n, values.AsSpan(n * length, length));
        return values;
    }

    private static float[] Probabilities(Network network, IDataset data, Normalization? normalization)
    {
        var seen = new List<float>();
        new Evaluator(new Model(network, data.ClassNames, normalization), data).Evaluate(observer: (_, probabilities, _) => seen.AddRange(probabilities.ToArray()));
        return [.. seen];
    }
}
