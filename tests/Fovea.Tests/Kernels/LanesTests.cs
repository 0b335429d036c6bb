using Fovea.Kernels;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels;

public class LanesTests
{
    [Theory]
    [InlineData(1, 1, 5)]
    [InlineData(1, 16, 1)]
    [InlineData(3, 16, 7)]
    [InlineData(15, 16, 16)]
    [InlineData(16, 16, 33)]
    [InlineData(11, 16, 41)]
    public void Interleave_and_back(int samples, int lanes, int length)
    {
        var rng = new Rng(41);
        float[] rows = Numbers.Gaussian(ref rng, samples * length);
        Guarded sideBySide = new(length * lanes), back = new(samples * length);
        Lanes.Interleave(rows, sideBySide.Span, lanes);
        Assert.Equal(Numbers.SideBySide(rows, length, lanes), sideBySide.Span.ToArray());
        Lanes.Deinterleave(sideBySide.Span, back.Span, lanes);
        Assert.Equal(rows, back.Span.ToArray());
        sideBySide.AssertGuardsUntouched("Interleave");
        back.AssertGuardsUntouched("Deinterleave");
    }
}
