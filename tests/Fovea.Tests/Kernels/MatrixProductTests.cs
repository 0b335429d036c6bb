using System.Runtime.Intrinsics;
using Fovea.Kernels;
using Fovea.Kernels.Simd;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels;

/// <summary>Products of two matrices, either of them across, of sizes around every edge, guards around every buffer.</summary>
public class MatrixProductTests
{
    private static readonly (int Rows, int Taps, int Columns)[] Sizes =
        [(1, 1, 1), (1, 9, 20), (70, 9, 1), (2, 3, 2), (3, 1, 17), (5, 7, 16), (61, 18, 15), (7, 20, 64), (8, 40, 70), (130, 3, 65), (4, 256, 18), (3, 300, 33)];

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Products_are_those_of_the_plain_formula(int lanes)
    {
        foreach ((int rows, int taps, int columns) in Sizes)
            foreach (bool leftAcross in (bool[])[false, true])
                foreach (bool rightAcross in (bool[])[false, true])
                    foreach (bool adds in (bool[])[false, true])
                        Check(rows, taps, columns, leftAcross, rightAcross, lanes, adds);
    }

    /// <summary>Every lane multiplies and adds in one order, whatever the vector's width.</summary>
    [Theory]
    [InlineData(256)]
    [InlineData(128)]
    [InlineData(32)]
    public void Lanes_give_the_same_bits_at_every_width(int bits)
    {
        var rng = new Rng(7);
        foreach (bool across in (bool[])[false, true])
            foreach (bool adds in (bool[])[false, true])
            {
                float[] left = Numbers.Gaussian(ref rng, 5 * 9 * 16), right = Numbers.Gaussian(ref rng, 9 * 7 * 16), before = Numbers.Gaussian(ref rng, 5 * 7 * 16);
                float[] expected = [.. before], actual = [.. before];
                LaneProduct.Run<Simd512, Vector512<float>>(5, 9, 7, left, across, right, !across, expected, adds);
                switch (bits)
                {
                    case 256: LaneProduct.Run<Simd256, Vector256<float>>(5, 9, 7, left, across, right, !across, actual, adds); break;
                    case 128: LaneProduct.Run<Simd128, Vector128<float>>(5, 9, 7, left, across, right, !across, actual, adds); break;
                    default: LaneProduct.Run<SimdScalar, float>(5, 9, 7, left, across, right, !across, actual, adds); break;
                }
                Assert.Equal(expected, actual);
            }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Buffers_of_a_wrong_length_are_refused(int lanes)
    {
        var product = new MatrixProduct(2, 3, 4, leftAcross: false, rightAcross: false, lanes);
        float[] left = new float[6 * lanes], right = new float[12 * lanes], output = new float[8 * lanes], scratch = new float[product.ScratchLength];
        Assert.Throws<ArgumentOutOfRangeException>(() => product.Run(left.AsSpan(1), right, output, false, scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => product.Run(left, right.AsSpan(1), output, false, scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => product.Run(left, right, output.AsSpan(1), false, scratch));
        if (lanes == 1)
            Assert.Throws<ArgumentOutOfRangeException>(() => product.Run(left, right, output, false, scratch.AsSpan(1)));
    }

    internal static void Check(int rows, int taps, int columns, bool leftAcross, bool rightAcross, int lanes, bool adds)
    {
        string what = $"{rows}×{taps}{(leftAcross ? " across" : "")} by {taps}×{columns}{(rightAcross ? " across" : "")}, {lanes} lanes{(adds ? ", added" : "")}";
        var rng = new Rng(6, (ulong)rows, (ulong)columns);
        Guarded left = new(Numbers.Gaussian(ref rng, rows * taps * lanes)), right = new(Numbers.Gaussian(ref rng, taps * columns * lanes));
        Guarded output = adds ? new(Numbers.Gaussian(ref rng, rows * columns * lanes)) : new(rows * columns * lanes);
        var expected = new Sums(rows * columns * lanes);
        if (adds)
            expected.Plus(output.Span);
        for (int i = 0; i < rows * columns * lanes; i++)
            for (int k = 0; k < taps; k++)
            {
                int row = i / lanes / columns, column = i / lanes % columns, lane = i % lanes;
                int l = leftAcross ? k * rows + row : row * taps + k, r = rightAcross ? column * taps + k : k * columns + column;
                expected.Add(i, (double)left.Span[l * lanes + lane] * right.Span[r * lanes + lane]);
            }
        var product = new MatrixProduct(rows, taps, columns, leftAcross, rightAcross, lanes);
        var scratch = new Guarded(product.ScratchLength);
        product.Run(left.Span, right.Span, output.Span, adds, scratch.Span);
        expected.AssertNear(output.Span, what);
        foreach (Guarded buffer in (Guarded[])[left, right, output, scratch])
            buffer.AssertGuardsUntouched(what);
    }
}
