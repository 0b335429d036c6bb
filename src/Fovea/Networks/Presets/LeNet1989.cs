using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// The network that read zip codes (LeCun et al., "Backpropagation applied to handwritten zip code recognition", 1989):
/// H1 12 maps of 8×8, H2 12 maps of 4×4 each seeing 8 of the 12, H3 30 units, 10 outputs; every unit has a bias of its
/// own, also in the maps, which makes 9,760 parameters; beyond the border is −1, the background. Which 8 maps each of H2
/// sees is our choice (the paper does not say), and softmax stands where the outputs' tanh stood.
/// </summary>
internal static class LeNet1989
{
    private const int Maps = 12;
    private const int Seen = 8;

    public static Preset Preset { get; } = new(
        "lenet1989", "the zip-code reader of 1989: two strided convolutions of 12 maps, 30 hidden units, scaled tanh",
        new Shape(1, 16, 16), smallest: 8,
        new TrainingRecipe { Epochs = 20, BatchSize = 32, LearningRate = 2e-3 }, new LeCun(),
        (builder, classes) =>
        {
            AddMaps(builder, "h1", connections: null);
            AddMaps(builder, "h2", Connections());
            builder
                .Flatten("flatten")
                .Linear(30, name: "h3").ScaledTanh("h3_tanh")
                .Linear(classes, name: "output");
        })
    {
        IsOfOneSize = true,
    };

    /// <summary>A convolution whose every output has its own bias.</summary>
    private static void AddMaps(NetworkBuilder builder, string name, int[][]? connections)
    {
        builder.Pad2d(2, value: -1, name: $"{name}_border").Conv2d(Maps, 5, stride: 2, bias: false, connections: connections, name: name);
        builder
            .Add(new ConstantTensor(builder.Shape, trainable: true, bare: true), $"{name}.bias")
            .Sum($"{name}_sum", name, $"{name}.bias").ScaledTanh($"{name}_tanh");
    }

    /// <summary>Every map of H2 sees 8 maps of H1 in a row, going round; so every map of H1 is seen by 8.</summary>
    private static int[][] Connections() =>
        [.. Enumerable.Range(0, Maps).Select(map => Enumerable.Range(0, Seen).Select(i => (map + i) % Maps).Order().ToArray())];
}
