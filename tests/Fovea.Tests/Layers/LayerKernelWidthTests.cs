using Fovea.Kernels;
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
            output, (s, x, _, y) => SumPooling.Forward<SimdScalar>(window, 2, Lanes, s, x, y), (s, x, _, y) => SumPooling.Forward<Simd128>(window, 2, Lanes, s, x, y),
            (s, x, _, y) => SumPooling.Forward<Simd256>(window, 2, Lanes, s, x, y), (s, x, _, y) => SumPooling.Forward<Simd512>(window, 2, Lanes, s, x, y));
        AssertAlike(
            input, (s, g, _, x) => SumPooling.Backward<SimdScalar>(window, 2, Lanes, s, g, x), (s, g, _, x) => SumPooling.Backward<Simd128>(window, 2, Lanes, s, g, x),
            (s, g, _, x) => SumPooling.Backward<Simd256>(window, 2, Lanes, s, g, x), (s, g, _, x) => SumPooling.Backward<Simd512>(window, 2, Lanes, s, g, x));
    }

    [Fact]
    public void Radial_basis()
    {
        AssertAlike(
            5 * Lanes, (x, w, _, y) => RadialBasis.Forward<SimdScalar>(Lanes, 7, 5, x, w, y), (x, w, _, y) => RadialBasis.Forward<Simd128>(Lanes, 7, 5, x, w, y),
            (x, w, _, y) => RadialBasis.Forward<Simd256>(Lanes, 7, 5, x, w, y), (x, w, _, y) => RadialBasis.Forward<Simd512>(Lanes, 7, 5, x, w, y));
        AssertAlike(
            7 * Lanes, (x, w, g, y) => RadialBasis.InputGradient<SimdScalar>(Lanes, 7, 5, x, w, g, y), (x, w, g, y) => RadialBasis.InputGradient<Simd128>(Lanes, 7, 5, x, w, g, y),
            (x, w, g, y) => RadialBasis.InputGradient<Simd256>(Lanes, 7, 5, x, w, g, y), (x, w, g, y) => RadialBasis.InputGradient<Simd512>(Lanes, 7, 5, x, w, g, y));
        AssertAlike(
            35, (x, w, g, y) => RadialBasis.CenterGradient<SimdScalar>(Lanes, 7, 5, x, w, g, y), (x, w, g, y) => RadialBasis.CenterGradient<Simd128>(Lanes, 7, 5, x, w, g, y),
            (x, w, g, y) => RadialBasis.CenterGradient<Simd256>(Lanes, 7, 5, x, w, g, y), (x, w, g, y) => RadialBasis.CenterGradient<Simd512>(Lanes, 7, 5, x, w, g, y),
            tolerance: 1e-4);
    }

    /// <summary>Lengths around every vector's edge: a width does whole vectors, and the scalars after them the rest.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(47)]
    public void Rectifier_and_standardization(int length)
    {
        AssertAlike(
            length, (x, g, _, y) => Rectify<SimdScalar>(x, g, y), (x, g, _, y) => Rectify<Simd128>(x, g, y),
            (x, g, _, y) => Rectify<Simd256>(x, g, y), (x, g, _, y) => Rectify<Simd512>(x, g, y));
        AssertAlike(
            length, (x, _, _, y) => Forward<SimdScalar>(x, y), (x, _, _, y) => Forward<Simd128>(x, y),
            (x, _, _, y) => Forward<Simd256>(x, y), (x, _, _, y) => Forward<Simd512>(x, y));
        AssertAlike(
            length, (x, g, _, y) => Backward<SimdScalar>(x, g, y), (x, g, _, y) => Backward<Simd128>(x, g, y),
            (x, g, _, y) => Backward<Simd256>(x, g, y), (x, g, _, y) => Backward<Simd512>(x, g, y));

        void Rectify<TVector>(float* x, float* g, float* y) where TVector : unmanaged, ISimd<TVector> =>
            AssertDone<TVector>(LeakyRectifier.ScaleUnlessPositive<TVector>(x, 0.3f, g, y, 0, length), done => LeakyRectifier.ScaleUnlessPositive<SimdScalar>(x, 0.3f, g, y, done, length));

        void Forward<TVector>(float* x, float* y) where TVector : unmanaged, ISimd<TVector> =>
            AssertDone<TVector>(Standardization.Forward<TVector>(x, 0.1f, 2, 3, y, 0, length), done => Standardization.Forward<SimdScalar>(x, 0.1f, 2, 3, y, done, length));

        void Backward<TVector>(float* x, float* g, float* y) where TVector : unmanaged, ISimd<TVector> =>
            AssertDone<TVector>(
                Standardization.Backward<TVector>(g, 2, x, 0.1f, -0.5f, 3, y, 0, length),
                done => Standardization.Backward<SimdScalar>(g, 2, x, 0.1f, -0.5f, 3, y, done, length));

        void AssertDone<TVector>(int done, Func<int, int> rest) where TVector : unmanaged, ISimd<TVector>
        {
            Assert.Equal(length / TVector.Count * TVector.Count, done);
            Assert.Equal(length, rest(done));
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
