using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>LeNet-5 in today's form: ReLU, max pooling, softmax; a border of 2 pixels makes 28×28 the original's 32×32.</summary>
internal static class LeNet5
{
    public static Preset Preset { get; } = new(
        "lenet5", "LeNet-5 in today's form: two convolutions with ReLU and max pooling, three fully connected layers",
        new Shape(1, 28, 28), smallest: 12,
        new TrainingRecipe { LearningRate = 2e-3 }, new He(),
        (builder, classes) => builder
            .Conv2d(6, 5, padding: 2, name: "conv1").ReLU("relu1").MaxPool2d(2, name: "pool1")
            .Conv2d(16, 5, name: "conv2").ReLU("relu2").MaxPool2d(2, name: "pool2")
            .Flatten("flatten")
            .Linear(120, name: "fc1").ReLU("relu3")
            .Linear(84, name: "fc2").ReLU("relu4")
            .Linear(classes, name: "fc3"))
    {
        IsOfOneSize = true,
    };
}
