using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// ZFNet (Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2013, figure 3), with names in
/// torchvision's manner: AlexNet's depth with 7×7 kernels at stride 2 and 5×5 at stride 2, which gives maps of 110, 55,
/// 26, 13 and 6 pixels; contrast is normalised across maps.
/// </summary>
internal static class ZfNet
{
    private const int HiddenUnits = 4096;

    public static Preset Preset { get; } = new(
        "zfnet", "ZFNet: AlexNet with smaller kernels and steps at the front, 62 million parameters",
        new Shape(3, 224, 224), smallest: 64,
        new TrainingRecipe { Epochs = 30, BatchSize = 32, LearningRate = 1e-4 }, new He(),
        (builder, classes) => builder
            .Conv2d(96, 7, stride: 2, padding: 1, name: "features.0").ReLU("features.1")
            .MaxPool2d(3, stride: 2, ceil: true, name: "features.2").LocalResponseNorm(5, name: "features.3")
            .Conv2d(256, 5, stride: 2, name: "features.4").ReLU("features.5")
            .MaxPool2d(3, stride: 2, ceil: true, name: "features.6").LocalResponseNorm(5, name: "features.7")
            .Conv2d(384, 3, padding: 1, name: "features.8").ReLU("features.9")
            .Conv2d(384, 3, padding: 1, name: "features.10").ReLU("features.11")
            .Conv2d(256, 3, padding: 1, name: "features.12").ReLU("features.13").MaxPool2d(3, stride: 2, name: "features.14")
            .AdaptiveAvgPool2d(6, "avgpool").Flatten("flatten")
            .Linear(HiddenUnits, name: "classifier.0").ReLU("classifier.1").Dropout(0.5, "classifier.2")
            .Linear(HiddenUnits, name: "classifier.3").ReLU("classifier.4").Dropout(0.5, "classifier.5")
            .Linear(classes, name: "classifier.6"));
}
