using System.Runtime.Intrinsics;
using Fovea.Kernels;
using Fovea.Kernels.Elementwise;
using Fovea.Kernels.Simd;
using Fovea.Layers;
using Fovea.Tensors;
using Fovea.Tests.Execution;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels.Simd;

/// <summary>What one width must get right; run in copies of the assemblies that were started at that width.</summary>
public static unsafe class WidthProbe
{
    /// <summary>The width that this copy of the library chose.</summary>
    public static int ChosenWidth() => SimdWidth.Bits;

    /// <summary>Runs everything that dispatches by width against the references; returns the width that ran.</summary>
    public static int Run()
    {
        foreach (int lanes in (int[])[1, 16])
            foreach (ConvolutionCase c in ConvolutionCases.Connected().Concat(ConvolutionCases.Random(8, seed: 500, 1, 5, 16)))
                ConvolutionCheck.Run(c with { Batch = Math.Min(c.Batch + 4, lanes) }, lanes);
        foreach (int features in (int[])[1, 15, 17, 50])
            DenseCheck.Run(features, 7, samples: 11, lanes: 16);
        foreach (int lanes in (int[])[1, 16])
        {
            MatrixProductTests.Check(7, 20, 70, leftAcross: false, rightAcross: true, lanes, adds: true);
            BroadcastLoopTests.Check([17, 4, 3], [17, 1, 1], [17, 4, 3], lanes);
            BroadcastLoopTests.Check([5, 37], [37], [5, 37], lanes);
        }
        CheckPositive();
        CheckPooling();
        CheckBlocks();
        return WidthThatRan();
    }

    /// <summary>
    /// Every width adds pixels up in an order of its own, so the last bits of a long sum tell which one ran.
    /// </summary>
    private static int WidthThatRan()
    {
        var rng = new Rng(3);
        float[] x = Numbers.Gaussian(ref rng, 4096), dy = Numbers.Gaussian(ref rng, 4096);
        float byDispatch = Sum(CorrelationGradient.Run);
        (int Bits, float Sum)[] byWidth =
        [
            (512, Sum(CorrelationGradient.Run<Simd512, Vector512<float>>)), (256, Sum(CorrelationGradient.Run<Simd256, Vector256<float>>)),
            (128, Sum(CorrelationGradient.Run<Simd128, Vector128<float>>)), (32, Sum(CorrelationGradient.Run<SimdScalar, float>)),
        ];
        Assert.Equal(4, byWidth.Select(width => width.Sum).Distinct().Count());
        return byWidth.Single(width => width.Sum == byDispatch).Bits;

        float Sum(RunGradient run)
        {
            int zero = 0;
            float sum = 0;
            fixed (float* px = x, pdy = dy)
                run(new CorrelationGradient.Operands
                {
                    OutputGradient = pdy,
                    OutputRows = &zero,
                    Input = px,
                    InputTaps = &zero,
                    WeightGradient = &sum,
                    WeightRows = &zero,
                    WeightTaps = &zero,
                    Rows = 1,
                    Taps = 1,
                    Runs = 1,
                    Run = x.Length,
                });
            return sum;
        }
    }

    private static void CheckPositive()
    {
        var rng = new Rng(4);
        foreach (int length in (int[])[1, 3, 4, 7, 15, 16, 17, 31, 33, 100])
        {
            float[] selector = Numbers.Gaussian(ref rng, length), values = Numbers.Gaussian(ref rng, length);
            selector[0] = float.NaN;
            values[length - 1] = float.PositiveInfinity;
            var kept = new Guarded(length);
            ElementwiseLoop.Backward(new ReLUFunction(), selector, selector, values, kept.Span);
            Assert.Equal(selector.Zip(values, (s, v) => s > 0 ? v : 0), kept.Span.ToArray());
            kept.AssertGuardsUntouched("ReLU");
        }
    }

    private static void CheckPooling()
    {
        Window window = new MaxPool2d(3, stride: 2, padding: 1, ceil: true).WindowFor(new Shape(2, 6, 7));
        var rng = new Rng(5);
        int inputs = 2 * window.InputArea, outputs = 2 * window.OutputArea;
        float[] x = Numbers.Gaussian(ref rng, 16 * inputs), dy = Numbers.Gaussian(ref rng, 16 * outputs);
        x[5] = float.NaN;
        float[] y = new float[16 * outputs], dx = new float[16 * inputs], laneY = new float[outputs], laneDx = new float[inputs];
        MaxPooling.Forward(window, 2, 16, x, y);
        MaxPooling.Backward(window, 2, 16, x, y, dy, dx);
        // One lane never leaves the scalar path, which other tests compare with a reference.
        for (int lane = 0; lane < 16; lane++)
        {
            float[] laneX = Lane(x, lane), laneDy = Lane(dy, lane);
            MaxPooling.Forward(window, 2, 1, laneX, laneY);
            MaxPooling.Backward(window, 2, 1, laneX, laneY, laneDy, laneDx);
            Assert.Equal(laneY, Lane(y, lane));
            Assert.Equal(laneDx, Lane(dx, lane));
        }

        static float[] Lane(float[] values, int lane) => [.. values.Where((_, i) => i % 16 == lane)];
    }

    /// <summary>
    /// Kernels over channels in blocks, each within a plan: against plans whose samples lie side by side, which the
    /// checks above hold to the references.
    /// </summary>
    private static void CheckBlocks()
    {
        var inference = new BlockedPlanTests();
        foreach ((int channels, int size, int stride) in ((int, int, int)[])[(16, 9, 1), (24, 17, 2), (40, 8, 1)])
            inference.Depthwise_convolutions_agree(channels, size, kernel: 3, stride, padding: 1);
        inference.Branches_fused_or_not_agree();
        inference.Winograd_agrees_in_chunks_and_shared(40, 48, 28, 1);
        inference.Winograd_agrees_in_chunks_and_shared(40, 48, 15, 40);
        var training = new BlockedTrainingTests();
        training.Convolutions_agree(15, 17, 8, 3, 2, 1, 1);
        training.Winograd_agrees(40, 33, 15, 9, 1, true);
        training.Residual_blocks_agree();
        training.Batch_normalisation_may_come_first();
        new BlockedUnitTests().Plans_with_samples_side_by_side_agree(3);
    }
}

internal delegate void RunForward(in Correlation.Operands operands);

internal delegate void RunGradient(in CorrelationGradient.Operands operands);
