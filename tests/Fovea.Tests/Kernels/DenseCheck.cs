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
        float[] b = Numbers.Gaussian(ref rng, outputs), dy = Numbers.Gaussian(ref rng, samples * outputs);
        Guarded input = new(Numbers.SideBySide(x, inputs, lanes)), outputGradient = new(Numbers.SideBySide(dy, outputs, lanes));
        Guarded weights = new(w), bias = new(b);
        Guarded output = new(outputs * lanes), bare = new(outputs * lanes), inputGradient = new(inputs * lanes);

        Dense.Forward(tables, input.Span, weights.Span, bias.Span, output.Span);
        Dense.Forward(tables, input.Span, weights.Span, [], bare.Span);
        Dense.InputGradient(tables, outputGradient.Span, weights.Span, inputGradient.Span);

        reference.Forward(x, w, b).AssertNear(Numbers.Apart(output.Span, samples, lanes), $"output of {what}");
        reference.Forward(x, w, []).AssertNear(Numbers.Apart(bare.Span, samples, lanes), $"output without bias of {what}");
        reference.InputGradient(dy, w).AssertNear(Numbers.Apart(inputGradient.Span, samples, lanes), $"input gradient of {what}");
        foreach (Guarded buffer in (Guarded[])[input, outputGradient, weights, bias, output, bare, inputGradient])
            buffer.AssertGuardsUntouched(what);
    }

    /// <summary>A batch whose last slice is not full, in a plan that has room for a slice more.</summary>
    public static void RunGradient(int inputs, int outputs, int samples, int lanes)
    {
        string what = $"weight gradient of {inputs}→{outputs} features, {samples} samples in slices of {lanes} lanes";
        var reference = new ConvolutionReference(new ConvolutionCase { InChannels = inputs, OutChannels = outputs, Input = 1, Kernel = 1 });
        int slices = (samples + lanes - 1) / lanes;
        var tables = new DenseGradient.Tables(inputs, outputs, lanes, slices + 1);
        var rng = new Rng(32);
        float[] x = Numbers.Gaussian(ref rng, samples * inputs), dy = Numbers.Gaussian(ref rng, samples * outputs);
        Guarded traces = new(slices * tables.TraceLength), gradient = new(inputs * outputs), scratch = new(tables.Scratch);
        for (int slice = 0; slice < slices; slice++)
        {
            int first = slice * lanes, count = Math.Min(lanes, samples - first);
            DenseGradient.Keep(
                tables, Numbers.SideBySide(x.AsSpan(first * inputs, count * inputs).ToArray(), inputs, lanes),
                Numbers.SideBySide(dy.AsSpan(first * outputs, count * outputs).ToArray(), outputs, lanes),
                traces.Span.Slice(slice * tables.TraceLength, tables.TraceLength));
        }
        for (int task = tables.Tasks - 1; task >= 0; task--)
            DenseGradient.Run(tables, task, traces.Span, gradient.Span, scratch.Span);

        reference.WeightGradient(x, dy).AssertNear(gradient.Span, what);
        foreach (Guarded buffer in (Guarded[])[traces, gradient, scratch])
            buffer.AssertGuardsUntouched(what);
    }
}
