using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// The multilayer perceptron that convolutional networks are compared with: 300 and 100 hidden units, as in the tables
/// of LeCun et al. (1998), with ReLU. It does not know which pixels are neighbours.
/// </summary>
internal static class Mlp
{
    public static Preset Preset { get; } = new(
        "mlp", "fully connected: 300 and 100 hidden units, ReLU; knows nothing of neighbours",
        new Shape(1, 28, 28), smallest: 1, new TrainingRecipe(), new He(),
        (builder, classes) => builder
            .Flatten("flatten")
            .Linear(300, name: "fc1").ReLU("relu1")
            .Linear(100, name: "fc2").ReLU("relu2")
            .Linear(classes, name: "fc3"));
}
