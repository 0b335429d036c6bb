using System.Globalization;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// VGG's layout for small images: three blocks of two 3×3 convolutions with batch normalisation and ReLU, each block
/// closed by max pooling and with twice the maps of the one before, and one fully connected layer. The first block has no
/// border: 28×28 becomes 24, 12, 6 and 3. Fewer than 100,000 parameters for digits.
/// </summary>
internal static class MiniVgg
{
    private const int FirstMaps = 16;
    private const int Blocks = 3;

    public static Preset Preset { get; } = new(
        "minivgg", "six 3×3 convolutions of 16, 32 and 64 maps with batch normalisation, 78 thousand parameters for digits",
        new Shape(1, 28, 28), smallest: 12,
        new TrainingRecipe { Epochs = 15, BatchSize = 128, Optimizer = "sgd", LearningRate = 0.1, Momentum = 0.9, Schedule = "one-cycle", WeightDecay = 2e-4 },
        FanOutStart.Convolutions,
        (builder, classes) =>
        {
            for (int block = 1; block <= Blocks; block++)
            {
                string number = block.ToString(CultureInfo.InvariantCulture);
                for (int step = 1; step <= 2; step++)
                    builder
                        .Conv2d(FirstMaps << (block - 1), 3, padding: block == 1 ? 0 : 1, bias: false, name: $"conv{number}_{step}")
                        .BatchNorm2d(name: $"bn{number}_{step}")
                        .ReLU($"relu{number}_{step}");
                builder.MaxPool2d(2, name: "pool" + number);
            }
            builder.Flatten("flatten").Dropout(0.1, "dropout").Linear(classes, name: "fc");
        });
}
