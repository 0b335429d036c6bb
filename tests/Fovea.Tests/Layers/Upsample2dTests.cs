using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Text;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

public class Upsample2dTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Pixels_lie_where_they_do_by_hand(int lanes)
    {
        AssertEnlarged(new Upsample2d(2), [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
        AssertEnlarged(new Upsample2d(2, UpsampleMode.Bilinear), [1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4]);
        AssertEnlarged(new Upsample2d((1, 2), UpsampleMode.Bilinear, alignCorners: true), [1, 4 / 3.0, 5 / 3.0, 2, 3, 10 / 3.0, 11 / 3.0, 4]);

        void AssertEnlarged(Layer layer, double[] expected) => Close.Assert(
            expected, Network.Sequential(new Shape(1, 2, 2), layer).Compile(new PlanOptions { Lanes = lanes }).Forward([1, 2, 3, 4]), 1e-6, 0);
    }

    /// <summary>Scales up to where PyTorch's single-precision positions stop being exact.</summary>
    [Fact]
    public void Every_pixel_is_repeated_as_often_as_the_scale_says()
    {
        float[] row = LayerData.Normal(7, 1);
        for (int scale = 1; scale <= 40; scale++)
            Assert.Equal(
                row.SelectMany(value => Enumerable.Repeat(value, scale)),
                Network.Sequential(new Shape(1, 1, 7), new Upsample2d((1, scale))).Compile().Forward(row).ToArray());
    }

    [Fact]
    public void Wrong_settings_and_inputs_are_refused_with_one_clear_line()
    {
        Refused.With("Upsample2d: scale must be positive, got 0", () => new Upsample2d(0));
        Refused.With("Upsample2d: mode must be Nearest or Bilinear, got 7", () => new Upsample2d(2, (UpsampleMode)7));
        Refused.With("Upsample2d: alignCorners is for mode Bilinear, got Nearest", () => new Upsample2d(2, alignCorners: true));
        Refused.With("Upsample2d takes feature maps (C, H, W), got (7)", () => (object)new Upsample2d(2).OutputShape(new Shape(7)));
        Refused.With("Upsample2d: a scale of 100000 blows (1, 4, 4) up to more than 2147483647 numbers", () => (object)new Upsample2d(100_000).OutputShape(new Shape(1, 4, 4)));
        Assert.Contains(
            "field 'mode' must be one of nearest, bilinear",
            Assert.Throws<NetworkTextException>(() => NetworkText.Parse("upsample 2 mode=bicubic").CreateBlank(new Shape(1, 4, 4))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "activations a sample", Assert.Throws<NetworkTextException>(() => NetworkText.Parse("upsample 3000").CreateBlank(new Shape(1, 4, 4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_says_the_mode()
    {
        Network network = NetworkText.Parse("input 3x4x4\nupsample 2\nupsample 1x3 mode=bilinear alignCorners=true").CreateBlank();
        Assert.Equal([new Upsample2d(2), new Upsample2d((1, 3), UpsampleMode.Bilinear, alignCorners: true)], network.Nodes.Select(node => node.Layer));
        Assert.Contains("\nupsample 2\nupsample 1x3 mode=bilinear alignCorners=true\n", NetworkText.Write(network), StringComparison.Ordinal);
    }
}
