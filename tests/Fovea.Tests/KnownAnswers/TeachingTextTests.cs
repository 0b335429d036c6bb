using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.KnownAnswers;

/// <summary>The worked examples of the teaching texts that this system implements.</summary>
public class TeachingTextTests
{
    [Fact]
    public void A_feature_detector_on_a_smiling_face()
    {
        float[] face = Digits("0000000 0100010 0000000 0001000 0100010 0011100 0000000");
        float[] map = Run(face, new Shape(1, 7, 7), Digits("001 100 011"), new Conv2d(1, 1, 3, bias: false));
        // A text prints 1 in row 3, column 3; the arithmetic gives 0.
        Assert.Equal(Digits("01000 01110 10021 14210 00121"), map);
        Assert.Equal(Digits("110 421 021"), Run(map, new Shape(1, 5, 5), [], new MaxPool2d(2, ceil: true)));
    }

    [Fact]
    public void A_kernel_on_a_dark_roof()
    {
        float[] image =
        [
            255, 255, 255, 255, 255, 255,
            255, 255, 100, 255, 255, 255,
            255, 100, 100, 100, 255, 255,
            100, 100, 100, 100, 100, 255,
            255, 255, 255, 255, 255, 255,
            255, 255, 255, 255, 255, 255,
        ];
        float[] kernel = [1, -1, 1, -1, 0, -1, 1, -1, 1];
        float[] expected =
        [
            155, -155, 155, -155,
            -155, 310, -155, 155,
            310, 155, 310, 0,
            -155, -155, -155, 0,
        ];
        float[] map = Run(image, new Shape(1, 6, 6), kernel, new Conv2d(1, 1, 3, bias: false));
        Assert.Equal(expected, map);

        // A border of zeros around the map keeps the image's size.
        float[] bordered = Run(map, new Shape(1, 4, 4), [1], new Conv2d(1, 1, 1, padding: 1, bias: false));
        for (int row = 0; row < 6; row++)
            for (int column = 0; column < 6; column++)
                Assert.Equal(row is 0 or 5 || column is 0 or 5 ? 0 : expected[(row - 1) * 4 + column - 1], bordered[row * 6 + column]);
        Assert.Equal(bordered.Select(value => value < 0 ? 0 : value), Run(bordered, new Shape(1, 6, 6), [], new ReLU()));
    }

    [Fact]
    public void The_shapes_of_LeNet5()
    {
        Network network = Network.Sequential(
            new Shape(1, 32, 32), new Conv2d(1, 6, 5), new MaxPool2d(2), new Conv2d(6, 16, 5, connections: ConvolutionCases.LeNetTable), new MaxPool2d(2),
            new Conv2d(16, 120, 5), new Flatten(), new Linear(120, 84), new Linear(84, 10));
        Assert.Equal(
            ["(6, 28, 28)", "(6, 14, 14)", "(16, 10, 10)", "(16, 5, 5)", "(120, 1, 1)", "(120)", "(84)", "(10)"],
            network.Nodes.Select(node => node.OutputShape.ToString()));
        // The paper's counts of trainable parameters in C1, C3, C5 and F6.
        Assert.Equal(
            [156, 1516, 48120, 10164],
            ((string[])["conv1", "conv2", "conv3", "fc1"]).Select(name => network[name].Parameters.Sum(parameter => parameter.Value.Length)));
    }

    /// <summary>A seven with a thick bar, and a stem of two columns below it; m in a filter is −1.</summary>
    [Theory]
    [InlineData("mmm111000", "top")]
    [InlineData("m10m10m10", "left")]
    [InlineData("000111mmm", "bottom")]
    [InlineData("01m01m01m", "right")]
    public void Edge_filters_on_a_seven(string filter, string edge)
    {
        const int size = 10;
        float[] seven = Digits("0000000000 0000000000 0111111110 0111111110 0000001100 0000001100 0000001100 0000001100 0000000000 0000000000");
        float[] kernel = [.. filter.Select(cell => cell == 'm' ? -1f : cell - '0')];
        float[] map = Run(seven, new Shape(1, size, size), kernel, new Conv2d(1, 1, 3, padding: 1, bias: false));
        (int down, int right) = edge switch { "top" => (-1, 0), "bottom" => (1, 0), "left" => (0, -1), _ => (0, 1) };
        int lit = 0;
        for (int row = 1; row < size - 1; row++)
            for (int column = 1; column < size - 1; column++)
            {
                // Fully lit is where three white pixels in a line have three black ones beyond the edge.
                bool isEdge = Enumerable.Range(-1, 3).All(along =>
                    seven[(row + along * Math.Abs(right)) * size + column + along * Math.Abs(down)] == 1
                    && seven[(row + along * Math.Abs(right) + down) * size + column + along * Math.Abs(down) + right] == 0);
                Assert.True(isEdge == (map[row * size + column] == 3), $"{edge} edge at ({row}, {column}): {map[row * size + column]}");
                lit += isEdge ? 1 : 0;
            }
        Assert.True(lit > 0);
    }

    private static float[] Run(float[] input, Shape shape, float[] weights, Layer layer)
    {
        Network network = Network.Sequential(shape, layer);
        if (weights.Length > 0)
            weights.CopyTo(network.Parameters[0].Value.Span);
        return network.Compile().Forward(input).ToArray();
    }

    private static float[] Digits(string rows) => [.. rows.Where(char.IsAsciiDigit).Select(digit => (float)(digit - '0'))];
}
