using Fovea.Kernels;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels;

/// <summary>The grid: every window, every edge of a tile, forward and both gradients, against the seven loops.</summary>
public class ConvolutionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Every_window(int lanes) => All(ConvolutionCases.Windows(), lanes);

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Every_number_of_maps_around_a_tile_edge(int lanes) => All(ConvolutionCases.Channels(), lanes);

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Every_width_around_a_vector_edge(int lanes) => All(ConvolutionCases.Widths(), lanes);

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Groups_connection_tables_and_uneven_padding(int lanes) => All(ConvolutionCases.Connected(), lanes);

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Anything_at_random(int lanes) => All(ConvolutionCases.Random(lanes == 1 ? 300 : 100, seed: 1, 1, 3, 8, 16), lanes);

    [Fact]
    public void Buffers_of_a_wrong_length_are_refused()
    {
        var c = new ConvolutionCase();
        ConvolutionGeometry g = ConvolutionCheck.Geometry(c, lanes: 1);
        float[] x = new float[49], w = new float[9], y = new float[25], scratch = new float[Convolution.ForwardScratch(g)];
        Convolution.Forward(g, x, w, [], y, scratch);
        Assert.Throws<ArgumentOutOfRangeException>(() => Convolution.Forward(g, new float[48], w, [], y, scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => Convolution.Forward(g, x, w, [], new float[26], scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => Convolution.Forward(g, x, w, [], y, new float[scratch.Length - 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Convolution.Forward(g, x, new float[8], [], y, scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => Convolution.Forward(g, x, w, new float[2], y, scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => Convolution.InputGradient(g, y, w, x, new float[Convolution.InputGradientScratch(g) - 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Convolution.WeightGradient(g, x, y, w, new float[Convolution.WeightGradientScratch(g) - 1]));
    }

    private static void All(IEnumerable<ConvolutionCase> cases, int lanes)
    {
        foreach (ConvolutionCase c in cases)
            if (c.Fits)
                ConvolutionCheck.Run(c with { Batch = c.Batch == 1 ? lanes - lanes / 4 : c.Batch }, lanes);
    }
}
