using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Networks;

public class BuilderTests
{
    [Fact]
    public void The_short_form_adds_every_layer_with_the_channels_there_are()
    {
        NetworkBuilder builder = new NetworkBuilder(new Shape(2, 8, 8))
            .Conv2d(4, 3, padding: 1, groups: 2).BatchNorm2d().ReLU().PReLU(perChannel: true).LocalResponseNorm(3)
            .LeakyReLU().ReLU6().Sigmoid().Tanh().ScaledTanh().GELU().SiLU().Clamp().HardSigmoid().HardSwish().Mish().ELU().SELU().Softplus().Dropout2d()
            .Sum("sum", "relu1", "tanh1").Concat("both", "sum", "conv1")
            .AdaptiveAvgPool2d((8, 6)).MaxPool2d(2).AvgPool2d(2, 1).SumPool2d((1, 2)).Subsample2d((3, 1))
            .GlobalAvgPool2d("mean").Flatten().Dropout().Linear(84).Rbf(3).Softmax();
        Network network = builder.Build();
        Assert.Equal(new Shape(3), network.OutputShape);
        Network sequences = NetworkBuilder.WithInputs(("age", new Shape()), ("words", new Shape(4, 12)))
            .Part(0, new Shape(2, 10), "part").Conv1d(5, 3).MaxPool1d(2).AvgPool1d(2).Reshape([-1], "flat").Constant(new Shape(10), name: "ten")
            .Outputs("flat", "age", "ten").Build();
        Assert.Equal([new("flat", new Shape(10), 0), new("age", new Shape(), 10), new("ten", new Shape(10), 11)], sequences.Outputs);
        Assert.Equal([new("age", new Shape(), 0), new("words", new Shape(4, 12), 1)], sequences.Inputs);
        Network shapes = new NetworkBuilder(new Shape(3, 5, 4)).Transpose([0, 2, 1]).Pad([0, 1, 0], [0, 0, 2]).Pad2d((1, 2), PadMode.Reflect).Narrow(-1, 0, 7)
            .Split(1, ("top", 3), ("bottom", 4)).Concat(1, "whole", "top", "bottom").Softmax(-1)
            .ReduceSum([0], keepDimensions: true).ReduceMean([1]).ReduceMax([0]).ReduceMin().Build();
        Assert.Equal(new Shape(3, 7, 7), shapes["whole"].OutputShape);
        Assert.Equal(new Shape(), shapes.OutputShape);
        Network decoder = new NetworkBuilder(new Shape(6, 3, 2))
            .ConvTranspose2d(4, 3, stride: 2, outputPadding: (1, 0)).GroupNorm(2).InstanceNorm2d().LayerNorm().LayerNorm([8, 5]).Upsample2d((1, 2)).Build();
        Assert.Equal(new Shape(4, 8, 10), decoder.OutputShape);
        Assert.Equal([5], Assert.IsType<LayerNorm>(decoder["layernorm1"].Layer).NormalizedShape);
        Assert.Equal((6, 4), decoder["convtranspose2d1"].Layer is ConvTranspose2d conv ? (conv.InChannels, conv.OutChannels) : default);
        Network pairs = new NetworkBuilder(new Shape(3, 4)).Constant(new Shape(4, 5), name: "m").MatMul("input", "m", "product").Constant(new Shape(5), name: "row")
            .Subtract("product", "row").Multiply("subtract1", "row").Divide("multiply1", "row").Minimum("divide1", "row").Maximum("minimum1", "product", "most").Linear(2, inFeatures: 5).Build();
        Assert.Equal(new Shape(3, 2), pairs.OutputShape);
        Network words = new NetworkBuilder(new Shape(6)).Embedding(20, 4, paddingIndex: 0).Build();
        Assert.Equal(new Shape(4, 6), words.OutputShape);
        // A new activation may do without: Add takes it.
        Network[] all = [network, sequences, shapes, decoder, pairs, words];
        Assert.DoesNotContain(
            LayerTable.Names.Except(all.SelectMany(one => one.Nodes).Select(node => node.Layer.GetType().Name)),
            name => !typeof(Activation).IsAssignableFrom(typeof(Layer).Assembly.GetType($"Fovea.Layers.{name}")));
        Assert.Equal(8, Assert.IsType<Subsample2d>(network["pool4"].Layer).Channels);
        Assert.Equal(8, Assert.IsType<Linear>(network["fc1"].Layer).InFeatures);
        Assert.Equal(new Shape(8, 1, 1), network["mean"].OutputShape);
        Assert.Equal(4, Assert.IsType<PReLU>(network["prelu1"].Layer).NumParameters);
    }

    [Fact]
    public void A_linear_layer_after_maps_asks_for_flatten() =>
        Assert.Contains("put Flatten before it", Assert.Throws<ShapeException>(() => new NetworkBuilder(new Shape(1, 4, 4)).Linear(2)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_summary_shows_layers_inputs_and_totals()
    {
        Network network = new NetworkBuilder(new Shape(1, 4, 4))
            .Conv2d(2, 3, padding: 1).BatchNorm2d().Sum("sum", "conv1", "batchnorm2d1").Flatten().Linear(2).Build(name: "tiny");
        NetworkSummary summary = network.Summary();
        Assert.Equal([20L, 8, 0, 0, 66], summary.Rows.Select(row => row.Parameters));
        Assert.Equal([20L, 4, 0, 0, 66], summary.Rows.Select(row => row.Trainable));
        Assert.Equal([288L, 32, 0, 0, 64], summary.Rows.Select(row => row.MultiplyAdds));
        Assert.Equal((16 + 3 * 32 + 32 + 2) * 4, summary.ActivationBytes);
        Assert.Matches(@"\nconv1 +Conv2d\(inChannels: 1, outChannels: 2, kernelSize: 3, padding: 1\) +\(2, 4, 4\) +20 +288\n", summary.ToString());
        Assert.Contains("Add() ← conv1, batchnorm2d1", summary.ToString(), StringComparison.Ordinal);
        Assert.Contains("90 trainable; 0.4 KiB of parameters, 0.6 KiB of activations a sample", summary.ToString(), StringComparison.Ordinal);
    }
}
