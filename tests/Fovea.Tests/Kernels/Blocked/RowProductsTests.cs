using System.Runtime.Intrinsics;
using Fovea.Kernels;
using Fovea.Kernels.Simd;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels.Blocked;

/// <summary>Rows times a vector at every width, with whole groups of rows and vectors and with rests.</summary>
public unsafe class RowProductsTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    [InlineData(32)]
    public void Products_of_every_shape(int bits)
    {
        foreach (int rows in (int[])[1, 3, 4, 7, 9])
            foreach (int length in (int[])[1, 15, 16, 37, 300])
                Check(bits, rows, length);
    }

    private static void Check(int bits, int rows, int length)
    {
        var rng = new Rng(44, (ulong)rows, (ulong)length);
        float[] m = Numbers.Gaussian(ref rng, rows * length), v = Numbers.Gaussian(ref rng, length);
        Guarded matrix = new(m), vector = new(v), products = new(rows);
        var expected = new Sums(rows);
        for (int i = 0; i < m.Length; i++)
            expected.Add(i / length, (double)m[i] * v[i % length]);
        fixed (float* pm = matrix.Span, pv = vector.Span, pp = products.Span)
            switch (bits)
            {
                case 512: RowProducts.Run<Simd512, Vector512<float>>(pm, rows, length, pv, pp); break;
                case 256: RowProducts.Run<Simd256, Vector256<float>>(pm, rows, length, pv, pp); break;
                case 128: RowProducts.Run<Simd128, Vector128<float>>(pm, rows, length, pv, pp); break;
                default: RowProducts.Run<SimdScalar, float>(pm, rows, length, pv, pp); break;
            }
        expected.AssertNear(products.Span, $"{bits} bits, {rows} rows of {length}");
        products.AssertGuardsUntouched($"{bits} bits, {rows} rows of {length}");
    }
}
