using System.Runtime.Intrinsics;
using Fovea.Kernels;
using Fovea.Kernels.Simd;
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

    /// <summary>The product itself, whose weights may be read across.</summary>
    public static unsafe void RunProduct(int bits, int rows, int taps, bool across)
    {
        string what = $"{bits} bits, {rows} rows of {taps} weights{(across ? ", read across" : "")}";
        const int lanes = DenseProduct.Lanes;
        var rng = new Rng(33);
        float[] w = Numbers.Gaussian(ref rng, rows * taps), x = Numbers.Gaussian(ref rng, taps * lanes), b = Numbers.Gaussian(ref rng, rows);
        Guarded weights = new(w), input = new(x), bias = new(b), output = new(rows * lanes);
        (int rowStep, int tapStep) = across ? (1, rows) : (taps, 1);
        var expected = new Sums(rows * lanes);
        for (int i = 0; i < rows * lanes; i++)
        {
            expected.Add(i, b[i / lanes]);
            for (int k = 0; k < taps; k++)
                expected.Add(i, (double)w[i / lanes * rowStep + k * tapStep] * x[k * lanes + i % lanes]);
        }
        fixed (float* pw = weights.Span, px = input.Span, pb = bias.Span, py = output.Span)
        {
            var operands = new DenseProduct.Operands { Weights = pw, RowStep = rowStep, TapStep = tapStep, Input = px, Output = py, Bias = pb, Height = rows, Taps = taps };
            switch (bits)
            {
                case 512: DenseProduct.Run<Simd512, Vector512<float>>(operands); break;
                case 256: DenseProduct.Run<Simd256, Vector256<float>>(operands); break;
                case 128: DenseProduct.Run<Simd128, Vector128<float>>(operands); break;
                default: DenseProduct.Run<SimdScalar, float>(operands); break;
            }
        }
        expected.AssertNear(output.Span, what);
        foreach (Guarded buffer in (Guarded[])[weights, input, bias, output])
            buffer.AssertGuardsUntouched(what);
    }
}
