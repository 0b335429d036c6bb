using Fovea.Execution;
using Fovea.Execution.Blocked;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Tests.Execution;

/// <summary>The cheapest way to convolve, where measurements leave no doubt about it.</summary>
public class ConvolutionCostTests
{
    [Theory]
    [InlineData(64, 64, 56, 1, 4)]
    [InlineData(64, 64, 56, 16, 4)]
    [InlineData(128, 128, 28, 1, 4)]
    [InlineData(256, 256, 14, 1, 2)] // 16 tiles would not pay for four times the weights' way from memory
    [InlineData(256, 256, 14, 16, 4)]
    [InlineData(512, 512, 7, 1, 0)]
    [InlineData(512, 512, 7, 16, 4)]
    [InlineData(16, 64, 56, 1, 0)]
    public void Tiles_of_known_layers(int channels, int maps, int size, int batch, int tile) =>
        Assert.Equal(tile, ConvolutionCost.Tile(new Conv2d(channels, maps, 3, padding: 1), new Shape(channels, size, size), new PlanOptions { Batch = batch }));

    [Fact]
    public void Other_convolutions_have_no_tiles()
    {
        var map = new Shape(64, 56, 56);
        foreach (Conv2d other in new Conv2d[] { new(64, 64, 1), new(64, 64, 5), new(64, 64, 3, stride: 2), new(64, 64, 3, dilation: 2), new(64, 64, 3, groups: 2) })
            Assert.Equal(0, ConvolutionCost.Tile(other, map, new PlanOptions { Batch = 16 }));
        Assert.Equal(0, ConvolutionCost.Tile(new Conv2d(3, 64, 3), new Shape(3, 56, 56), new PlanOptions { Batch = 1 }));
    }
}
