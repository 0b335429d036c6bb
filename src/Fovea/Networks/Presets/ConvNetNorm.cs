using System.Globalization;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// Small networks for small pictures, in the blocks of convolution, batch normalisation and ReLU that train fast: a 5×5
/// convolution of stride 2 without border, since the rims of small pictures are mostly empty, then two blocks of two 3×3
/// convolutions, each closed by max pooling, and one fully connected layer. 28×28 becomes 12, 6 and 3.
/// </summary>
internal static class ConvNetNorm
{
    private const double Dropped = 0.2;

    /// <summary>The one of fewer than 100,000 parameters.</summary>
    public static Preset Small { get; } = Make(
        "convnet-norm32", "five convolutions of 32 and 64 maps with batch normalisation, 81 thousand parameters for digits", 32, 64);

    /// <summary>The wider one.</summary>
    public static Preset Large { get; } = Make(
        "convnet-norm64", "five convolutions of 64 maps with batch normalisation, 155 thousand parameters for digits", 64, 64);

    private static Preset Make(string name, string description, params int[] maps) => new(
        name, description, new Shape(1, 28, 28), smallest: 11,
        new TrainingRecipe { Epochs = 15, BatchSize = 128, Optimizer = "sgd", LearningRate = 0.1, Momentum = 0.9, Schedule = "one-cycle", WeightDecay = 5e-4 },
        FanOutStart.Convolutions,
        (builder, classes) =>
        {
            AddConvolution(builder, "0", maps[0], 5, stride: 2, padding: 0);
            for (int block = 1; block <= maps.Length; block++)
            {
                string number = block.ToString(CultureInfo.InvariantCulture);
                AddConvolution(builder, number + "_1", maps[block - 1], 3, stride: 1, padding: 1);
                AddConvolution(builder, number + "_2", maps[block - 1], 3, stride: 1, padding: 1);
                builder.MaxPool2d(2, name: "pool" + number);
            }
            builder.Flatten("flatten").Dropout(Dropped, "dropout").Linear(classes, name: "fc");
        });

    private static void AddConvolution(NetworkBuilder builder, string number, int maps, int kernelSize, int stride, int padding) => builder
        .Conv2d(maps, kernelSize, stride, padding, bias: false, name: "conv" + number)
        .BatchNorm2d(name: "bn" + number)
        .ReLU("relu" + number);
}
