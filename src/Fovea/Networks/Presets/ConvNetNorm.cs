using System.Globalization;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// A small network for small images in the blocks of convolution, batch normalisation and ReLU that train fast: a 5×5
/// convolution of stride 2 without border, since the rims of digits are mostly empty, then two blocks of two 3×3
/// convolutions, each closed by max pooling, and one fully connected layer. All have 64 maps; 28×28 becomes 12, 6 and 3.
/// </summary>
internal static class ConvNetNorm
{
    private const int Maps = 64;
    private const int Blocks = 2;

    public static Preset Preset { get; } = new(
        "convnet-norm64", "five convolutions of 64 maps with batch normalisation, 155 thousand parameters for digits",
        new Shape(1, 28, 28), smallest: 11,
        new TrainingRecipe { Epochs = 15, BatchSize = 128, Optimizer = "sgd", LearningRate = 0.1, Momentum = 0.9, Schedule = "one-cycle", WeightDecay = 5e-4 },
        FanOutStart.Convolutions,
        (builder, classes) =>
        {
            AddConvolution(builder, "0", 5, stride: 2, padding: 0);
            for (int block = 1; block <= Blocks; block++)
            {
                string number = block.ToString(CultureInfo.InvariantCulture);
                AddConvolution(builder, number + "_1", 3, stride: 1, padding: 1);
                AddConvolution(builder, number + "_2", 3, stride: 1, padding: 1);
                builder.MaxPool2d(2, name: "pool" + number);
            }
            builder.Flatten("flatten").Dropout(0.2, "dropout").Linear(classes, name: "fc");
        });

    private static void AddConvolution(NetworkBuilder builder, string number, int kernelSize, int stride, int padding) => builder
        .Conv2d(Maps, kernelSize, stride, padding, bias: false, name: "conv" + number)
        .BatchNorm2d(name: "bn" + number)
        .ReLU("relu" + number);
}
