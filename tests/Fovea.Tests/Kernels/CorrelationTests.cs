using System.Runtime.Intrinsics;
using Fovea.Kernels;
using Fovea.Kernels.Simd;
using Fovea.Tensors;
using Fovea.Tests.Kernels.Simd;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels;

/// <summary>Both kernels at every width, with tables that lead anywhere, rows, taps and runs around every tile edge.</summary>
public unsafe class CorrelationTests
{
    private static readonly int[] Rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 14];
    private static readonly int[] Taps = [0, 1, 3, 4, 5, 9];
    private static readonly int[] Vectors = [1, 2, 3, 4, 5, 7, 8, 9, 17];

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    [InlineData(32)]
    public void Products_of_every_tile(int bits)
    {
        foreach (int rows in Rows)
            foreach (int taps in Taps)
                foreach (int vectors in Vectors)
                    CheckForward(bits, rows, taps, vectors * bits / 32, bias: rows % 2 == 0, accumulate: vectors % 2 == 0);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    [InlineData(32)]
    public void Weight_gradients_of_every_tile(int bits)
    {
        foreach (int rows in Rows)
            foreach (int taps in Taps)
                foreach (int runs in (int[])[1, 3])
                    CheckGradient(bits, rows, taps, runs, (1 + rows % 3) * bits / 32);
    }

    [Fact]
    public void Forward_gives_the_same_bits_at_every_width()
    {
        float[] first = CheckForward(512, 8, 9, 192, bias: true, accumulate: false);
        foreach (int bits in (int[])[256, 128, 32])
            Assert.Equal(first, CheckForward(bits, 8, 9, 192, bias: true, accumulate: false));
    }

    private static float[] CheckForward(int bits, int rows, int taps, int run, bool bias, bool accumulate)
    {
        var rng = new Rng(21, (ulong)rows, (ulong)taps);
        int inputs = 3 * run + 2 * taps;
        int[] weightRows = Places(ref rng, rows, taps + 3), weightTaps = Places(ref rng, taps, 1);
        int[] inputTaps = [.. Enumerable.Range(0, taps).Select(_ => rng.NextInt(inputs - run))], outputRows = Places(ref rng, rows, run + 5);
        float[] w = Numbers.Gaussian(ref rng, rows * (taps + 3)), x = Numbers.Gaussian(ref rng, inputs), b = Numbers.Gaussian(ref rng, rows);
        Guarded weights = new(w), input = new(x), starts = new(b), output = new(rows * (run + 5));
        var expected = new Sums(rows * run);
        for (int r = 0; r < rows; r++)
            for (int q = 0; q < run; q++)
            {
                if (accumulate)
                    expected.Add(r * run + q, output.Span[outputRows[r] + q] = (float)rng.NextGaussian());
                if (bias)
                    expected.Add(r * run + q, b[r]);
                for (int k = 0; k < taps; k++)
                    expected.Add(r * run + q, (double)w[weightRows[r] + weightTaps[k]] * x[inputTaps[k] + q]);
            }

        RunForward kernel = bits switch
        {
            512 => Correlation.Run<Simd512, Vector512<float>>,
            256 => Correlation.Run<Simd256, Vector256<float>>,
            128 => Correlation.Run<Simd128, Vector128<float>>,
            _ => Correlation.Run<SimdScalar, float>,
        };
        fixed (float* pw = weights.Span, px = input.Span, py = output.Span, pb = starts.Span)
        fixed (int* wr = weightRows, wt = weightTaps, it = inputTaps, or = outputRows)
            kernel(new Correlation.Operands
            {
                Weights = pw,
                WeightRows = wr,
                WeightTaps = wt,
                Input = px,
                InputTaps = it,
                Output = py,
                OutputRows = or,
                Bias = bias ? pb : null,
                Rows = rows,
                Taps = taps,
                Run = run,
                Accumulate = accumulate,
            });

        string what = $"{bits} bits, {rows} rows, {taps} taps, run of {run}";
        float[] actual = [.. outputRows.SelectMany(place => output.Span.Slice(place, run).ToArray())];
        expected.AssertNear(actual, what);
        output.AssertGuardsUntouched(what);
        // The gaps between the rows, never written.
        Assert.Equal(rows * 5, output.Span.ToArray().Count(float.IsNaN));
        return actual;
    }

    private static void CheckGradient(int bits, int rows, int taps, int runs, int run)
    {
        var rng = new Rng(22, (ulong)rows, (ulong)taps);
        int outputPitch = run + 3, inputPitch = run + 7, inputs = runs * inputPitch + 2 * taps + 1;
        int[] outputRows = Places(ref rng, rows, runs * outputPitch), inputTaps = [.. Enumerable.Range(0, taps).Select(_ => rng.NextInt(2 * taps))];
        int[] weightRows = Places(ref rng, rows, taps + 2), weightTaps = Places(ref rng, taps, 1);
        float[] dy = Numbers.Gaussian(ref rng, rows * runs * outputPitch), x = Numbers.Gaussian(ref rng, inputs), before = Numbers.Gaussian(ref rng, rows * (taps + 2));
        Guarded outputGradient = new(dy), input = new(x), weightGradient = new(before);
        var expected = new Sums(before.Length).Plus(before);
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < taps; k++)
                for (int y = 0; y < runs; y++)
                    for (int q = 0; q < run; q++)
                        expected.Add(weightRows[r] + weightTaps[k], (double)dy[outputRows[r] + y * outputPitch + q] * x[inputTaps[k] + y * inputPitch + q]);

        RunGradient kernel = bits switch
        {
            512 => CorrelationGradient.Run<Simd512, Vector512<float>>,
            256 => CorrelationGradient.Run<Simd256, Vector256<float>>,
            128 => CorrelationGradient.Run<Simd128, Vector128<float>>,
            _ => CorrelationGradient.Run<SimdScalar, float>,
        };
        fixed (float* pdy = outputGradient.Span, px = input.Span, pdw = weightGradient.Span)
        fixed (int* or = outputRows, it = inputTaps, wr = weightRows, wt = weightTaps)
            kernel(new CorrelationGradient.Operands
            {
                OutputGradient = pdy,
                OutputRows = or,
                OutputPitch = outputPitch,
                Input = px,
                InputTaps = it,
                InputPitch = inputPitch,
                WeightGradient = pdw,
                WeightRows = wr,
                WeightTaps = wt,
                Rows = rows,
                Taps = taps,
                Runs = runs,
                Run = run,
            });
        string what = $"{bits} bits, {rows} rows, {taps} taps, {runs} runs of {run}";
        expected.AssertNear(weightGradient.Span, what);
        weightGradient.AssertGuardsUntouched(what);
    }

    /// <summary>0, step, 2 · step, … in a random order.</summary>
    private static int[] Places(ref Rng rng, int count, int step)
    {
        int[] places = [.. Enumerable.Range(0, count).Select(i => i * step)];
        rng.Shuffle<int>(places);
        return places;
    }
}
