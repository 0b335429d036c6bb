using Fovea.Kernels;
using Fovea.Layers;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels;

/// <summary>Runs one slice of a case through <see cref="Convolution"/>, guards around every buffer, and compares all of it.</summary>
internal static class ConvolutionCheck
{
    public static ConvolutionGeometry Geometry(ConvolutionCase c, int lanes)
    {
        Conv2d layer = c.Layer();
        return new ConvolutionGeometry(layer.WindowFor(c.InputShape), c.InChannels, c.OutChannels, c.Groups, c.Connections, lanes);
    }

    /// <param name="c">What to convolve; as many samples as its batch, at most <paramref name="lanes"/>.</param>
    /// <param name="lanes">How many samples lie side by side.</param>
    public static void Run(ConvolutionCase c, int lanes)
    {
        string what = $"{c}, {lanes} lanes";
        var reference = new ConvolutionReference(c);
        ConvolutionGeometry g = Geometry(c, lanes);
        int samples = Math.Min(c.Batch, lanes);
        var rng = new Rng(11, (ulong)lanes);
        float[] x = Numbers.Gaussian(ref rng, samples * reference.InputLength), w = Numbers.Gaussian(ref rng, reference.WeightLength);
        float[] b = c.Bias ? Numbers.Gaussian(ref rng, c.OutChannels) : [], dy = Numbers.Gaussian(ref rng, samples * reference.OutputLength);
        float[] before = Numbers.Gaussian(ref rng, reference.WeightLength);
        var input = new Guarded(Numbers.SideBySide(x, reference.InputLength, lanes));
        var outputGradient = new Guarded(Numbers.SideBySide(dy, reference.OutputLength, lanes));
        Guarded weights = new(w), bias = new(b), weightGradient = new(before);
        Guarded output = new(reference.OutputLength * lanes), inputGradient = new(reference.InputLength * lanes);
        Guarded forwardScratch = new(Convolution.ForwardScratch(g)), inputScratch = new(Convolution.InputGradientScratch(g)),
            weightScratch = new(Convolution.WeightGradientScratch(g));

        Convolution.Forward(g, input.Span, weights.Span, bias.Span, output.Span, forwardScratch.Span);
        Convolution.InputGradient(g, outputGradient.Span, weights.Span, inputGradient.Span, inputScratch.Span);
        Convolution.WeightGradient(g, input.Span, outputGradient.Span, weightGradient.Span, weightScratch.Span);

        reference.Forward(x, w, b).AssertNear(Numbers.Apart(output.Span, samples, lanes), $"output of {what}");
        reference.InputGradient(dy, w).AssertNear(Numbers.Apart(inputGradient.Span, samples, lanes), $"input gradient of {what}");
        reference.WeightGradient(x, dy).Plus(before).AssertNear(weightGradient.Span, $"weight gradient of {what}");
        AssertEmptyLanesZero(inputGradient.Span, samples, lanes, what);
        foreach (Guarded buffer in (Guarded[])[input, outputGradient, weights, bias, weightGradient, output, inputGradient, forwardScratch, inputScratch, weightScratch])
            buffer.AssertGuardsUntouched(what);
        Assert.Equal(Numbers.SideBySide(x, reference.InputLength, lanes), input.Span.ToArray());
        Assert.Equal(Numbers.SideBySide(dy, reference.OutputLength, lanes), outputGradient.Span.ToArray());
        Assert.Equal(w, weights.Span.ToArray());
    }

    private static void AssertEmptyLanesZero(ReadOnlySpan<float> values, int samples, int lanes, string what)
    {
        for (int i = 0; i < values.Length; i++)
            if (i % lanes >= samples && values[i] != 0)
                Assert.Fail($"input gradient of {what}: {values[i]} in a lane without a sample");
    }
}
