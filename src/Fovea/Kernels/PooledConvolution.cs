using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// Convolution, ReLU and 2 × 2 max pooling in one, for samples side by side: forward keeps only the largest pixel of
/// every window and which it was, and backward lays the convolution's output gradient out again from that. The results
/// are those of the three layers one after the other, bit by bit.
/// </summary>
internal static unsafe class PooledConvolution
{
    /// <summary>The lanes' sums of few weights stay in the first cache while bands of rows go by; those of many would not.</summary>
    private const int MaxSumsOfBands = 4096;

    /// <summary>Floats of a padded copy of the input, whose padding must be zero before the first run and stays so.</summary>
    public static int PaddedLength(ConvolutionGeometry g) => g.ReadsInput ? 0 : Convolution.PaddedLength(g);

    /// <summary>Floats of the output's gradient before pooling, zero before the first run, for the input's gradient.</summary>
    public static int SpreadLength(ConvolutionGeometry g) => Convolution.TransposedLength(g);

    /// <summary>Floats of the output, and of the winners.</summary>
    public static int OutputLength(ConvolutionGeometry g) => g.OutChannels * OutputPlane(g);

    /// <summary>Floats of scratch that <see cref="Backward"/> needs.</summary>
    public static int BackwardScratch(ConvolutionGeometry g) =>
        checked(g.OutChannels * (g.Lanes + BandPlane(g)) + Convolution.SumsLength(g));

    /// <summary>output = maxpool(relu(input ∗ weights + bias)).</summary>
    /// <param name="g">The convolution's geometry.</param>
    /// <param name="input">(inChannels, H, W, lanes).</param>
    /// <param name="weights">(outChannels, inChannels / groups, kernelHeight, kernelWidth).</param>
    /// <param name="bias">(outChannels), or empty.</param>
    /// <param name="padded"><see cref="PaddedLength"/> floats that backward needs again.</param>
    /// <param name="output">(outChannels, H' / 2, W' / 2, lanes).</param>
    /// <param name="winners">As the output, which pixel of each window it is; empty if there is no backward.</param>
    public static void Forward(
        ConvolutionGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias,
        Span<float> padded, Span<float> output, Span<float> winners)
    {
        if (!g.ReadsInput)
            Convolution.CopyToPadded(g, input, padded);
        int row = Width(g) * g.Lanes, pitch = g.Pitch * g.Lanes;
        fixed (float* x = g.ReadsInput ? input : padded, w = weights, b = bias, y = output, won = winners)
            foreach (ConvolutionGroup group in g.Forward)
                fixed (int* weightRows = group.WeightRows, weightTaps = group.WeightTaps, inputTaps = group.InputTaps)
                    for (int oh = 0; oh < Height(g); oh++)
                    {
                        int at = group.Maps[0] * OutputPlane(g) + oh * row;
                        PooledCorrelation.Run(new PooledCorrelation.Operands
                        {
                            Weights = w,
                            WeightRows = weightRows,
                            WeightTaps = weightTaps,
                            InputTaps = inputTaps,
                            Input = x + 2 * oh * pitch,
                            InputPitch = pitch,
                            Output = y + at,
                            Winners = won == null ? null : won + at,
                            OutputPlane = OutputPlane(g),
                            Bias = b == null ? null : b + group.Maps[0],
                            Rows = group.Maps.Length,
                            Taps = group.WeightTaps.Length,
                            Windows = Width(g),
                            Lanes = g.Lanes,
                        });
                    }
    }

    /// <summary>Adds to the parameters' gradients, and computes the input's.</summary>
    /// <param name="g">The convolution's geometry.</param>
    /// <param name="input">(inChannels, H, W, lanes).</param>
    /// <param name="padded">As forward left it.</param>
    /// <param name="winners">As forward left them.</param>
    /// <param name="outputGradient">(outChannels, H' / 2, W' / 2, lanes).</param>
    /// <param name="weights">(outChannels, inChannels / groups, kernelHeight, kernelWidth).</param>
    /// <param name="weightGradient">As the weights, added to, or empty if they do not learn.</param>
    /// <param name="biasGradient">(outChannels), added to, or empty.</param>
    /// <param name="spread"><see cref="SpreadLength"/> floats; used only for an input gradient or many weights.</param>
    /// <param name="inputGradient">(inChannels, H, W, lanes), overwritten, or empty if nobody asks.</param>
    /// <param name="scratch">At least <see cref="BackwardScratch"/> floats.</param>
    public static void Backward(
        ConvolutionGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> padded, ReadOnlySpan<float> winners,
        ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> weights, Span<float> weightGradient, Span<float> biasGradient,
        Span<float> spread, Span<float> inputGradient, Span<float> scratch)
    {
        Span<float> biasSums = scratch[..(g.OutChannels * g.Lanes)], band = scratch.Slice(biasSums.Length, g.OutChannels * BandPlane(g));
        Span<float> sums = scratch.Slice(biasSums.Length + band.Length, Convolution.SumsLength(g));
        biasSums.Clear();
        bool inBands = inputGradient.IsEmpty && sums.Length <= MaxSumsOfBands;
        fixed (float* x = g.ReadsInput ? input : padded, won = winners, dy = outputGradient, w = weights, dw = weightGradient)
        fixed (float* bs = biasSums, rows = band, s = sums, wide = spread, dx = inputGradient)
        {
            if (inBands)
            {
                sums.Clear();
                var gradient = new Convolution.GradientRows(rows, BandPlane(g), BandPlane(g) / 2, 2, 2 * Width(g) * g.Lanes);
                for (int oh = 0; oh < Height(g); oh++)
                {
                    LayOut(g, won, dy, oh, gradient);
                    AddBias(g, gradient, bs);
                    if (dw != null)
                        Convolution.WeightGradientOfRows(g, x + 2 * oh * g.Pitch * g.Lanes, gradient, dw, s, GradientPart.Band);
                }
                if (dw != null)
                    Convolution.WeightGradientOfRows(g, x, gradient, dw, s, GradientPart.Finish);
            }
            else
            {
                int pitch = g.TransposedPitch * g.Lanes;
                (int top, int left) = g.SpreadOrigin;
                float* first = wide + top * pitch + left * g.Lanes;
                for (int oh = 0; oh < Height(g); oh++)
                    LayOut(g, won, dy, oh, new Convolution.GradientRows(first + 2 * oh * pitch, g.TransposedPlaneLength, pitch, 2, 2 * Width(g) * g.Lanes));
                var gradient = new Convolution.GradientRows(first, g.TransposedPlaneLength, pitch, 2 * Height(g), 2 * Width(g) * g.Lanes);
                AddBias(g, gradient, bs);
                if (dw != null)
                    Convolution.WeightGradientOfRows(g, x, gradient, dw, null, GradientPart.Everything);
                if (!inputGradient.IsEmpty)
                    Convolution.InputGradientOfSpread(g, wide, w, dx, null);
            }
        }
        for (int oc = 0; oc < biasGradient.Length; oc++)
            biasGradient[oc] += System.Numerics.Tensors.TensorPrimitives.Sum(biasSums.Slice(oc * g.Lanes, g.Lanes));
    }

    private static void AddBias(ConvolutionGeometry g, in Convolution.GradientRows gradient, float* sums)
    {
        for (int oc = 0; oc < g.OutChannels; oc++)
            LaneSums.Add(gradient.First + oc * gradient.Plane, gradient.Pitch, gradient.Count, gradient.Length, sums + oc * g.Lanes);
    }

    /// <summary>Lays a row of windows' gradients out to the two rows of pixels that they come from: the winners get all.</summary>
    private static void LayOut(ConvolutionGeometry g, float* winners, float* outputGradient, int oh, in Convolution.GradientRows destination)
    {
        int row = Width(g) * g.Lanes;
        for (int oc = 0; oc < g.OutChannels; oc++)
        {
            int at = oc * OutputPlane(g) + oh * row;
            float* upper = destination.First + oc * destination.Plane;
            switch (Math.Min(g.Lanes, SimdWidth.Floats))
            {
                case 16: LayOut<Simd512, Vector512<float>>(winners + at, outputGradient + at, row, g.Lanes, upper, upper + destination.Pitch); break;
                case 8: LayOut<Simd256, Vector256<float>>(winners + at, outputGradient + at, row, g.Lanes, upper, upper + destination.Pitch); break;
                case 4: LayOut<Simd128, Vector128<float>>(winners + at, outputGradient + at, row, g.Lanes, upper, upper + destination.Pitch); break;
                default: LayOut<SimdScalar, float>(winners + at, outputGradient + at, row, g.Lanes, upper, upper + destination.Pitch); break;
            }
        }
    }

    private static void LayOut<TSimd, TVector>(float* winners, float* gradient, int length, int lanes, float* upper, float* lower)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector one = TSimd.Broadcast(1), two = TSimd.Broadcast(2), three = TSimd.Broadcast(3);
        for (int window = 0; window < length; window += lanes)
            for (int lane = 0; lane < lanes; lane += TSimd.Count)
            {
                TVector winner = TSimd.Load(winners + window + lane), share = TSimd.Load(gradient + window + lane);
                int at = 2 * window + lane;
                TSimd.Store(TSimd.And(TSimd.Equal(winner, TSimd.Zero), share), upper + at);
                TSimd.Store(TSimd.And(TSimd.Equal(winner, one), share), upper + at + lanes);
                TSimd.Store(TSimd.And(TSimd.Equal(winner, two), share), lower + at);
                TSimd.Store(TSimd.And(TSimd.Equal(winner, three), share), lower + at + lanes);
            }
    }

    private static int Height(ConvolutionGeometry g) => g.Window.OutputHeight / 2;

    private static int Width(ConvolutionGeometry g) => g.Window.OutputWidth / 2;

    private static int OutputPlane(ConvolutionGeometry g) => Height(g) * Width(g) * g.Lanes;

    private static int BandPlane(ConvolutionGeometry g) => 4 * Width(g) * g.Lanes;
}
