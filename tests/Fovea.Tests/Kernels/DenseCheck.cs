using Fovea.Kernels;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels;

/// <summary>Runs one slice through <see cref="Dense"/>, guards around every buffer, and compares all of it.</summary>
internal static class DenseCheck
{
    public static void Run(int inputs, int outputs, int samples, int lanes)
    {
        string what = $"{inputs}→{outputs} features, {samples} samples in {lanes} lanes";
        // A full connection is a convolution of 1×1 maps with 1×1 kernels.
        var reference = new ConvolutionReference(new ConvolutionCase { InChannels = inputs, OutChannels = outputs, Input = 1, Kernel = 1 });
        var tables = new Dense.Tables(inputs, outputs, lanes);
        var rng = new Rng(31);
        float[] x = Numbers.Gaussian(ref rng, samples * inputs), w = Numbers.Gaussian(ref rng, inputs * outputs);
        float[] b = Numbers.Gaussian(ref rng, outputs), dy = Numbers.Gaussian(ref rng, samples * outputs), before = Numbers.Gaussian(ref rng, w.Length);
        Guarded input = new(Numbers.SideBySide(x, inputs, lanes)), outputGradient = new(Numbers.SideBySide(dy, outputs, lanes));
        Guarded weights = new(w), bias = new(b), weightGradient = new(before);
        Guarded output = new(outputs * lanes), bare = new(outputs * lanes), inputGradient = new(inputs * lanes), scratch = new(Dense.Scratch(tables));

        Dense.Forward(tables, input.Span, weights.Span, bias.Span, output.Span);
        Dense.Forward(tables, input.Span, weights.Span, [], bare.Span);
        Dense.InputGradient(tables, outputGradient.Span, weights.Span, inputGradient.Span);
        Dense.WeightGradient(tables, input.Span, outputGradient.Span, weightGradient.Span, scratch.Span);

        reference.Forward(x, w, b).AssertNear(Numbers.Apart(output.Span, samples, lanes), $"output of {what}");
        reference.Forward(x, w, []).AssertNear(Numbers.Apart(bare.Span, samples, lanes), $"output without bias of {what}");
        reference.InputGradient(dy, w).AssertNear(Numbers.Apart(inputGradient.Span, samples, lanes), $"input gradient of {what}");
        reference.WeightGradient(x, dy).Plus(before).AssertNear(weightGradient.Span, $"weight gradient of {what}");
        foreach (Guarded buffer in (Guarded[])[input, outputGradient, weights, bias, weightGradient, output, bare, inputGradient, scratch])
            buffer.AssertGuardsUntouched(what);
    }
}
