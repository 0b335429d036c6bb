using Fovea.Kernels;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels;

/// <summary>What holds for every convolution. Small whole numbers make all sums exact, so that equal means equal.</summary>
public class ConvolutionPropertyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Both_gradients_are_adjoint_to_forward(int lanes)
    {
        foreach (ConvolutionCase c in ConvolutionCases.Random(60, seed: 900, 16).Concat(ConvolutionCases.Connected()))
        {
            ConvolutionGeometry g = ConvolutionCheck.Geometry(c, lanes);
            var rng = new Rng(1);
            float[] x = Whole(ref rng, g.InChannels * g.Window.InputArea * lanes), w = Whole(ref rng, g.WeightLength);
            float[] dy = Whole(ref rng, g.OutChannels * g.Window.OutputArea * lanes);
            float[] dx = InputGradient(g, dy, w), dw = WeightGradient(g, x, dy);
            double product = Numbers.Inner(Forward(g, x, w), dy);
            Assert.True(product == Numbers.Inner(x, dx), $"⟨y, dy⟩ = {product}, ⟨x, dx⟩ = {Numbers.Inner(x, dx)}: {c}");
            Assert.True(product == Numbers.Inner(w, dw), $"⟨y, dy⟩ = {product}, ⟨w, dw⟩ = {Numbers.Inner(w, dw)}: {c}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Forward_is_linear_in_its_input(int lanes)
    {
        foreach (ConvolutionCase c in ConvolutionCases.Random(30, seed: 1900, 16))
        {
            ConvolutionGeometry g = ConvolutionCheck.Geometry(c, lanes);
            var rng = new Rng(2);
            int length = g.InChannels * g.Window.InputArea * lanes;
            float[] x1 = Whole(ref rng, length), x2 = Whole(ref rng, length), w = Whole(ref rng, g.WeightLength);
            float[] both = Forward(g, [.. x1.Zip(x2, (a, b) => 3 * a - b)], w);
            Assert.Equal(Forward(g, x1, w).Zip(Forward(g, x2, w), (a, b) => 3 * a - b), both);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void A_shifted_input_gives_a_shifted_output(int lanes)
    {
        const int down = 2, right = 3;
        var large = new ConvolutionCase { InChannels = 3, OutChannels = 5, Input = (11, 13), Kernel = (3, 2), Dilation = (1, 2) };
        ConvolutionCase small = large with { Input = (11 - down, 13 - right) };
        ConvolutionGeometry g = ConvolutionCheck.Geometry(large, lanes), h = ConvolutionCheck.Geometry(small, lanes);
        var rng = new Rng(3);
        float[] x = Numbers.Gaussian(ref rng, 3 * 11 * 13 * lanes), w = Numbers.Gaussian(ref rng, g.WeightLength);
        float[] y = Forward(g, x, w), shifted = Forward(h, Cut(x, 3, 11, 13), w);
        Assert.Equal(Cut(y, 5, g.Window.OutputHeight, g.Window.OutputWidth), shifted);

        float[] Cut(float[] maps, int channels, int height, int width) =>
            [.. Enumerable.Range(0, channels).SelectMany(c => Enumerable.Range(down, height - down).SelectMany(row =>
                maps.Skip(((c * height + row) * width + right) * lanes).Take((width - right) * lanes)))];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Nan_and_infinity_reach_what_they_feed_and_nothing_else(int lanes)
    {
        foreach (float poison in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            foreach (ConvolutionCase drawn in ConvolutionCases.Random(25, seed: 2900, 16))
            {
                ConvolutionCase c = drawn with { Bias = false };
                var reference = new ConvolutionReference(c);
                ConvolutionGeometry g = ConvolutionCheck.Geometry(c, lanes);
                var rng = new Rng(4);
                float[] x = Numbers.Gaussian(ref rng, reference.InputLength * lanes), w = Numbers.Gaussian(ref rng, g.WeightLength);
                int element = rng.NextInt(reference.InputLength), lane = rng.NextInt(lanes);
                float[] clean = Forward(g, x, w);
                x[element * lanes + lane] = poison;
                float[] poisoned = Forward(g, x, w);
                HashSet<int> fed = [];
                foreach (Term t in reference.Terms)
                    if (t.Input == element)
                        fed.Add(t.Output * lanes + lane);
                for (int i = 0; i < clean.Length; i++)
                    Assert.True(fed.Contains(i) ? !float.IsFinite(poisoned[i]) : poisoned[i] == clean[i], $"{poison} gave {poisoned[i]} at {i}: {c}");
            }
    }

    private static float[] Whole(ref Rng rng, int length)
    {
        var values = new float[length];
        foreach (ref float value in values.AsSpan())
            value = rng.NextInt(17) - 8;
        return values;
    }

    private static float[] Forward(ConvolutionGeometry g, float[] x, float[] w)
    {
        var y = new float[g.OutChannels * g.Window.OutputArea * g.Lanes];
        Convolution.Forward(g, x, w, [], y, Garbage(Convolution.ForwardScratch(g)));
        return y;
    }

    private static float[] InputGradient(ConvolutionGeometry g, float[] dy, float[] w)
    {
        var dx = new float[g.InChannels * g.Window.InputArea * g.Lanes];
        Convolution.InputGradient(g, dy, w, dx, Garbage(Convolution.InputGradientScratch(g)));
        return dx;
    }

    private static float[] WeightGradient(ConvolutionGeometry g, float[] x, float[] dy)
    {
        var dw = new float[g.WeightLength];
        Convolution.WeightGradient(g, x, dy, dw, Garbage(Convolution.WeightGradientScratch(g)));
        return dw;
    }

    private static float[] Garbage(int length)
    {
        var scratch = new float[length];
        Array.Fill(scratch, float.NaN);
        return scratch;
    }
}
