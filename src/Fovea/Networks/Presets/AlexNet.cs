using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// AlexNet in the form of one column that torchvision has, with its names (Krizhevsky, "One weird trick for parallelizing
/// convolutional neural networks", 2014): five convolutions, three fully connected layers, no response normalisation.
/// </summary>
internal static class AlexNet
{
    private const int HiddenUnits = 4096;

    public static Preset Preset { get; } = new(
        "alexnet", "AlexNet: five convolutions, the first of 11×11, three fully connected layers, 61 million parameters",
        new Shape(3, 224, 224), smallest: 63,
        new TrainingRecipe { Epochs = 30, BatchSize = 32, LearningRate = 1e-4 }, new He(),
        (builder, classes) => builder
            .Conv2d(64, 11, stride: 4, padding: 2, name: "features.0").ReLU("features.1").MaxPool2d(3, stride: 2, name: "features.2")
            .Conv2d(192, 5, padding: 2, name: "features.3").ReLU("features.4").MaxPool2d(3, stride: 2, name: "features.5")
            .Conv2d(384, 3, padding: 1, name: "features.6").ReLU("features.7")
            .Conv2d(256, 3, padding: 1, name: "features.8").ReLU("features.9")
            .Conv2d(256, 3, padding: 1, name: "features.10").ReLU("features.11").MaxPool2d(3, stride: 2, name: "features.12")
            .AdaptiveAvgPool2d(6, "avgpool").Flatten("flatten")
            .Dropout(0.5, "classifier.0").Linear(HiddenUnits, name: "classifier.1").ReLU("classifier.2")
            .Dropout(0.5, "classifier.3").Linear(HiddenUnits, name: "classifier.4").ReLU("classifier.5")
            .Linear(classes, name: "classifier.6"));
}
