using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// LeNet-5 as published (LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition",
/// 1998): C1, S2, C3 with the paper's table of connections, S4, C5, F6, and radial basis units whose fixed centres are
/// stylised characters. The paper minimises the distance to the right centre; here softmax over the negative distances
/// makes probabilities of them. C5's kernels are as large as the maps of S4: 5×5 for 32×32 pixels.
/// </summary>
internal static class LeNet51998
{
    /// <summary>Table I of the paper: which maps of S2 each map of C3 sees.</summary>
    private static readonly int[][] Table =
    [
        [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5],
        [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5],
        [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5],
        [0, 1, 2, 3, 4, 5],
    ];

    public static Preset Preset { get; } = new(
        "lenet5-1998", "LeNet-5 as published: connection table, trainable subsampling, scaled tanh, radial basis outputs",
        new Shape(1, 32, 32), smallest: 16,
        new TrainingRecipe { Epochs = 15 }, new LeCun(), Build)
    {
        IsOfOneSize = true,
    };

    private static void Build(NetworkBuilder builder, int classes)
    {
        builder
            .Conv2d(6, 5, name: "c1").ScaledTanh("c1_tanh")
            .Subsample2d(name: "s2").ScaledTanh("s2_tanh")
            .Conv2d(16, 5, connections: Table, name: "c3").ScaledTanh("c3_tanh")
            .Subsample2d(name: "s4").ScaledTanh("s4_tanh");
        builder
            .Conv2d(120, new Size2(builder.Shape.Height, builder.Shape.Width), name: "c5").ScaledTanh("c5_tanh")
            .Flatten("flatten")
            .Linear(AsciiDigits.Length, name: "f6").ScaledTanh("f6_tanh")
            .Rbf(classes, name: "output");
    }
}
