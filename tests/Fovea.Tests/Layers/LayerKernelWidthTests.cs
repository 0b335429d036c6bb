using System.Runtime.Intrinsics;
using Fovea.Kernels;
using Fovea.Kernels.Elementwise;
using Fovea.Kernels.Simd;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>
/// The layers' kernels at every width, called by name, so that no choice of width can slip in between. Where the order of
/// sums is the same at every width, so is every bit.
/// </summary>
public unsafe class LayerKernelWidthTests
{
    private const int Lanes = 16;

    private delegate void Kernel(float* first, float* second, float* third, float* result);

    [Fact]
    public void Sum_pooling()
    {
        var window = new SumPool2d((3, 2), stride: (2, 1), padding: 1, ceil: true).WindowFor(new Shape(2, 5, 4));
        int input = 2 * window.InputArea * Lanes, output = 2 * window.OutputArea * Lanes;
        AssertAlike(
            output, (s, x, _, y) => SumPooling.Forward<SimdScalar, float>(window, 2, Lanes, s, x, y), (s, x, _, y) => SumPooling.Forward<Simd128, Vector128<float>>(window, 2, Lanes, s, x, y),
            (s, x, _, y) => SumPooling.Forward<Simd256, Vector256<float>>(window, 2, Lanes, s, x, y), (s, x, _, y) => SumPooling.Forward<Simd512, Vector512<float>>(window, 2, Lanes, s, x, y));
        AssertAlike(
            input, (s, g, _, x) => SumPooling.Backward<SimdScalar, float>(window, 2, Lanes, s, g, x), (s, g, _, x) => SumPooling.Backward<Simd128, Vector128<float>>(window, 2, Lanes, s, g, x),
            (s, g, _, x) => SumPooling.Backward<Simd256, Vector256<float>>(window, 2, Lanes, s, g, x), (s, g, _, x) => SumPooling.Backward<Simd512, Vector512<float>>(window, 2, Lanes, s, g, x));
    }

    [Fact]
    public void Radial_basis()
    {
        AssertAlike(
            5 * Lanes, (x, w, _, y) => RadialBasis.Forward<SimdScalar, float>(Lanes, 7, 5, x, w, y), (x, w, _, y) => RadialBasis.Forward<Simd128, Vector128<float>>(Lanes, 7, 5, x, w, y),
            (x, w, _, y) => RadialBasis.Forward<Simd256, Vector256<float>>(Lanes, 7, 5, x, w, y), (x, w, _, y) => RadialBasis.Forward<Simd512, Vector512<float>>(Lanes, 7, 5, x, w, y));
        AssertAlike(
            7 * Lanes, (x, w, g, y) => RadialBasis.InputGradient<SimdScalar, float>(Lanes, 7, 5, x, w, g, y), (x, w, g, y) => RadialBasis.InputGradient<Simd128, Vector128<float>>(Lanes, 7, 5, x, w, g, y),
            (x, w, g, y) => RadialBasis.InputGradient<Simd256, Vector256<float>>(Lanes, 7, 5, x, w, g, y), (x, w, g, y) => RadialBasis.InputGradient<Simd512, Vector512<float>>(Lanes, 7, 5, x, w, g, y));
        AssertAlike(
            35, (x, w, g, y) => RadialBasis.CenterGradient<SimdScalar, float>(Lanes, 7, 5, x, w, g, y), (x, w, g, y) => RadialBasis.CenterGradient<Simd128, Vector128<float>>(Lanes, 7, 5, x, w, g, y),
            (x, w, g, y) => RadialBasis.CenterGradient<Simd256, Vector256<float>>(Lanes, 7, 5, x, w, g, y), (x, w, g, y) => RadialBasis.CenterGradient<Simd512, Vector512<float>>(Lanes, 7, 5, x, w, g, y),
            tolerance: 1e-4);
    }

    /// <summary>Lengths around every vector's edge: a width does whole vectors, and the scalars after them the rest.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(47)]
    public void Batch_normalization(int length)
    {
        AssertAlike(
            length, (x, _, _, y) => Forward<SimdScalar, float>(x, y), (x, _, _, y) => Forward<Simd128, Vector128<float>>(x, y),
            (x, _, _, y) => Forward<Simd256, Vector256<float>>(x, y), (x, _, _, y) => Forward<Simd512, Vector512<float>>(x, y));
        AssertAlike(
            length, (x, g, _, y) => Backward<SimdScalar, float>(x, g, y), (x, g, _, y) => Backward<Simd128, Vector128<float>>(x, g, y),
            (x, g, _, y) => Backward<Simd256, Vector256<float>>(x, g, y), (x, g, _, y) => Backward<Simd512, Vector512<float>>(x, g, y));

        void Forward<TSimd, TVector>(float* x, float* y) where TSimd : ISimd<TVector> where TVector : unmanaged =>
            AssertDone<TSimd, TVector>(Standardization.Forward<TSimd, TVector>(x, 0.1f, 2, 3, y, 0, length), done => Standardization.Forward<SimdScalar, float>(x, 0.1f, 2, 3, y, done, length));

        void Backward<TSimd, TVector>(float* x, float* g, float* y) where TSimd : ISimd<TVector> where TVector : unmanaged =>
            AssertDone<TSimd, TVector>(
                Standardization.Backward<TSimd, TVector>(g, 2, x, 0.1f, -0.5f, 3, y, 0, length),
                done => Standardization.Backward<SimdScalar, float>(g, 2, x, 0.1f, -0.5f, 3, y, done, length));

        void AssertDone<TSimd, TVector>(int done, Func<int, int> rest) where TSimd : ISimd<TVector> where TVector : unmanaged
        {
            Assert.Equal(length / TSimd.Count * TSimd.Count, done);
            Assert.Equal(length, rest(done));
        }
    }

    /// <summary>Runs of equal weights around every vector's edge; only the sums of a run follow the width.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(47)]
    public void Group_normalization(int run)
    {
        const int weights = 3;
        int length = weights * run;
        AssertAlike(
            length, (x, w, s, y) => Forward<SimdScalar, float>(x, w, s, y), (x, w, s, y) => Forward<Simd128, Vector128<float>>(x, w, s, y),
            (x, w, s, y) => Forward<Simd256, Vector256<float>>(x, w, s, y), (x, w, s, y) => Forward<Simd512, Vector512<float>>(x, w, s, y));
        AssertAlike(
            length, (x, g, s, y) => InputGradient<SimdScalar, float>(x, g, s, y), (x, g, s, y) => InputGradient<Simd128, Vector128<float>>(x, g, s, y),
            (x, g, s, y) => InputGradient<Simd256, Vector256<float>>(x, g, s, y), (x, g, s, y) => InputGradient<Simd512, Vector512<float>>(x, g, s, y));
        AssertAlike(
            2 * weights, (x, g, s, y) => WeightGradient<SimdScalar, float>(x, g, s, y), (x, g, s, y) => WeightGradient<Simd128, Vector128<float>>(x, g, s, y),
            (x, g, s, y) => WeightGradient<Simd256, Vector256<float>>(x, g, s, y), (x, g, s, y) => WeightGradient<Simd512, Vector512<float>>(x, g, s, y),
            tolerance: 1e-4);

        void Forward<TSimd, TVector>(float* x, float* w, float* s, float* y) where TSimd : ISimd<TVector> where TVector : unmanaged =>
            GroupStandardization.Forward<TSimd, TVector>(x, s, w, w + weights, weights, run, y);

        void InputGradient<TSimd, TVector>(float* x, float* g, float* s, float* y) where TSimd : ISimd<TVector> where TVector : unmanaged
        {
            new ReadOnlySpan<float>(g, length).CopyTo(new Span<float>(y, length));
            int done = GroupStandardization.InputGradient<TSimd, TVector>(x, s, y, 0, length);
            Assert.Equal(length / TSimd.Count * TSimd.Count, done);
            Assert.Equal(length, GroupStandardization.InputGradient<SimdScalar, float>(x, s, y, done, length));
        }

        void WeightGradient<TSimd, TVector>(float* x, float* g, float* s, float* y) where TSimd : ISimd<TVector> where TVector : unmanaged =>
            GroupStandardization.WeightGradient<TSimd, TVector>(x, s, g, weights, run, y, y + weights);
    }

    [Fact]
    public void Resampling_of_rows()
    {
        foreach (ResamplingAxis columns in (ResamplingAxis[])[ResamplingAxis.Nearest(5, 15), ResamplingAxis.Linear(5, 15, alignCorners: false)])
        {
            AssertAlike(
                15 * Lanes, (x, _, _, y) => Resampling.Gather<SimdScalar, float>(columns, Lanes, x, y), (x, _, _, y) => Resampling.Gather<Simd128, Vector128<float>>(columns, Lanes, x, y),
                (x, _, _, y) => Resampling.Gather<Simd256, Vector256<float>>(columns, Lanes, x, y), (x, _, _, y) => Resampling.Gather<Simd512, Vector512<float>>(columns, Lanes, x, y));
            AssertAlike(
                5 * Lanes, (g, _, _, x) => Resampling.Scatter<SimdScalar, float>(columns, Lanes, g, x), (g, _, _, x) => Resampling.Scatter<Simd128, Vector128<float>>(columns, Lanes, g, x),
                (g, _, _, x) => Resampling.Scatter<Simd256, Vector256<float>>(columns, Lanes, g, x), (g, _, _, x) => Resampling.Scatter<Simd512, Vector512<float>>(columns, Lanes, g, x));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(47)]
    public void Gradients_of_extremes(int length)
    {
        AssertAlike(
            length, (x, y, g, dx) => Check<SimdScalar, float>(x, y, g, dx), (x, y, g, dx) => Check<Simd128, Vector128<float>>(x, y, g, dx),
            (x, y, g, dx) => Check<Simd256, Vector256<float>>(x, y, g, dx), (x, y, g, dx) => Check<Simd512, Vector512<float>>(x, y, g, dx));

        void Check<TSimd, TVector>(float* x, float* y, float* g, float* dx) where TSimd : ISimd<TVector> where TVector : unmanaged
        {
            for (int i = 0; i < length; i += 2)
                y[i] = x[i];
            int done = ExtremeGradient.Row<TSimd, TVector>(x, y, g, dx, 0, length);
            Assert.Equal(length / TSimd.Count * TSimd.Count, done);
            Assert.Equal(length, ExtremeGradient.Row<SimdScalar, float>(x, y, g, dx, done, length));
            for (int i = 0; i < length; i++)
                Assert.Equal(i % 2 == 0, g[i] == 0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(47)]
    public void Element_wise_functions(int length)
    {
        Check(new ReLUFunction());
        Check(new ClampFunction(-1, 1.5f));
        Check(new LeakyReLUFunction(0.3f));
        Check(new SigmoidFunction());
        Check(new HardSigmoidFunction());
        Check(new TanhFunction(1.5, 0.75));
        Check(new GELUFunction());
        Check(new SiLUFunction());
        Check(new HardSwishFunction());
        Check(new MishFunction());
        Check(new ELUFunction(0.75, 1.5));
        Check(new SoftplusFunction(2, 1));

        void Check<TFunction>(TFunction function)
            where TFunction : struct, IElementwise
        {
            AssertAlike(
                length, (x, _, _, y) => Forward<SimdScalar, float>(x, y), (x, _, _, y) => Forward<Simd128, Vector128<float>>(x, y),
                (x, _, _, y) => Forward<Simd256, Vector256<float>>(x, y), (x, _, _, y) => Forward<Simd512, Vector512<float>>(x, y));
            AssertAlike(
                length, (x, g, f, y) => Backward<SimdScalar, float>(x, g, f, y, false), (x, g, f, y) => Backward<Simd128, Vector128<float>>(x, g, f, y, false),
                (x, g, f, y) => Backward<Simd256, Vector256<float>>(x, g, f, y, true), (x, g, f, y) => Backward<Simd512, Vector512<float>>(x, g, f, y, true));

            void Forward<TSimd, TVector>(float* x, float* y) where TSimd : ISimd<TVector> where TVector : unmanaged
            {
                int done = ElementwiseLoop.Forward<TFunction, TSimd, TVector>(function, x, y, 0, length);
                Assert.Equal(length / TSimd.Count * TSimd.Count, done);
                Assert.Equal(length, ElementwiseLoop.Forward<TFunction, SimdScalar, float>(function, x, y, done, length));
            }

            // What is added to is 0, so that the results must be those of writing.
            void Backward<TSimd, TVector>(float* x, float* g, float* f, float* y, bool adds) where TSimd : ISimd<TVector> where TVector : unmanaged
            {
                ElementwiseLoop.Forward<TFunction, SimdScalar, float>(function, x, f, 0, length);
                int done = ElementwiseLoop.Backward<TFunction, TSimd, TVector>(function, x, f, g, y, adds, 0, length);
                Assert.Equal(length / TSimd.Count * TSimd.Count, done);
                Assert.Equal(length, ElementwiseLoop.Backward<TFunction, SimdScalar, float>(function, x, f, g, y, adds, done, length));
            }
        }
    }

    /// <summary>All widths give what the first, the scalars, gives, and write nothing past the result.</summary>
    private static void AssertAlike(int length, Kernel scalar, Kernel vector128, Kernel vector256, Kernel vector512, double tolerance = 0)
    {
        float[] expected = Run(scalar);
        Assert.Contains(expected[..length], value => value != 0);
        foreach (Kernel kernel in (Kernel[])[vector128, vector256, vector512])
            Close.Assert(LayerData.Doubles(expected), Run(kernel), tolerance, 0);

        float[] Run(Kernel kernel)
        {
            float[] first = LayerData.Normal(2000, 1), second = LayerData.Normal(2000, 2), third = LayerData.Normal(2000, 3), result = new float[length + 16];
            result.AsSpan(length).Fill(77);
            fixed (float* a = first, b = second, c = third, y = result)
                kernel(a, b, c, y);
            Assert.All(result[length..], guard => Assert.Equal(77, guard));
            return result;
        }
    }
}
