using System.Runtime.Intrinsics;
using Fovea.Kernels.Elementwise;
using Fovea.Kernels.Simd;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels;

/// <summary>Operands that repeat, guards around every buffer, and the tiles of their loops at every width.</summary>
public unsafe class BroadcastLoopTests
{
    private static readonly (int[] Left, int[] Right, int[] Output)[] Shapes =
    [
        ([], [], []), ([1], [], [1]), ([19], [19], [19]), ([19], [1], [19]), ([], [70], [70]), ([3, 1], [1, 4], [3, 4]), ([5, 37], [37], [5, 37]), ([1, 9], [6, 1], [6, 9]),
        ([17, 4, 3], [17, 1, 1], [17, 4, 3]), ([2, 1, 18], [2, 7, 18], [2, 7, 18]), ([2, 1, 2, 1, 2, 1], [1, 3, 1, 3, 1, 5], [2, 3, 2, 3, 2, 5]), ([1, 4], [4], [3, 4]),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Values_and_both_gradients(int lanes)
    {
        foreach ((int[] left, int[] right, int[] output) in Shapes)
            Check(left, right, output, lanes);
    }

    /// <summary>Rows around every vector's edge. Sums are added up in another order at every width; everything else has the same bits.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(47)]
    [InlineData(131)]
    public void Every_width_gives_the_same(int run)
    {
        CheckWidths<AddFunction>(run);
        CheckWidths<SubtractFunction>(run);
        CheckWidths<MultiplyFunction>(run);
        CheckWidths<DivideFunction>(run);
        CheckWidths<MinimumFunction>(run);
        CheckWidths<MaximumFunction>(run);
    }

    internal static void Check(int[] left, int[] right, int[] output, int lanes)
    {
        string what = $"[{string.Join(',', left)}] and [{string.Join(',', right)}] in {lanes} lanes";
        var rng = new Rng(8, (ulong)lanes);
        BinaryFunction function = BinaryFunction.Of<MultiplyFunction>();
        int lefts = LengthOf(left) * lanes, rights = LengthOf(right) * lanes, outputs = LengthOf(output) * lanes;
        Guarded x = new(Numbers.Gaussian(ref rng, lefts)), y = new(Numbers.Gaussian(ref rng, rights)), g = new(Numbers.Gaussian(ref rng, outputs));
        Guarded z = new(outputs), dx = new(lefts), dy = new(rights);
        Sums value = new(outputs), ofLeft = new(lefts), ofRight = new(rights);
        for (int i = 0; i < outputs; i++)
        {
            int l = Place(i / lanes, output, left) * lanes + i % lanes, r = Place(i / lanes, output, right) * lanes + i % lanes;
            value.Add(i, (double)x.Span[l] * y.Span[r]);
            ofLeft.Add(l, (double)g.Span[i] * y.Span[r]);
            ofRight.Add(r, (double)g.Span[i] * x.Span[l]);
        }
        var loop = new BroadcastLoop(left, right, output, lanes);
        loop.Forward(function, x.Span, y.Span, z.Span);
        loop.Gradient(function, true, x.Span, y.Span, g.Span, dx.Span);
        loop.Gradient(function, false, x.Span, y.Span, g.Span, dy.Span);
        value.AssertNear(z.Span, what);
        ofLeft.AssertNear(dx.Span, $"left gradient of {what}");
        ofRight.AssertNear(dy.Span, $"right gradient of {what}");
        foreach (Guarded buffer in (Guarded[])[x, y, g, z, dx, dy])
            buffer.AssertGuardsUntouched(what);
    }

    private static void CheckWidths<TFunction>(int run)
        where TFunction : struct, IBinary
    {
        const int rows = 7;
        foreach (BinaryTile tile in (BinaryTile[])
            [
                new() { LeftPitch = run + 2, RightPitch = run },
                new() { LeftPitch = 1, RightPitch = run, Single = Operands.Left },
                new() { LeftPitch = run, RightPitch = 1, Single = Operands.Right },
                new() { LeftPitch = 0, RightPitch = run },
                new() { LeftPitch = run, RightPitch = 0 },
                new() { LeftPitch = 0, RightPitch = 1, Single = Operands.Right },
            ])
        {
            BinaryTile whole = tile with { Rows = rows, Run = run, OutputPitch = run + 1 };
            float[][] scalar = Run<SimdScalar, float>(whole);
            foreach (float[][] other in (float[][][])[Run<Simd128, Vector128<float>>(whole), Run<Simd256, Vector256<float>>(whole), Run<Simd512, Vector512<float>>(whole)])
                for (int part = 0; part < scalar.Length; part++)
                    for (int i = 0; i < scalar[part].Length; i++)
                    {
                        bool isSum = part == 1 && (tile.LeftPitch == 0 || tile.Single == Operands.Left) || part == 2 && (tile.RightPitch == 0 || tile.Single == Operands.Right);
                        Assert.Equal(scalar[part][i], other[part][i], isSum ? 2e-4 * Math.Max(1, Math.Abs(scalar[part][i])) : 0);
                    }
        }

        float[][] Run<TSimd, TVector>(BinaryTile tile)
            where TSimd : ISimd<TVector>
            where TVector : unmanaged
        {
            var rng = new Rng(9, (ulong)run);
            int length = rows * (run + 2);
            // Whole numbers and halves: many ties, and denominators that are not small.
            float[] Values(float shift, ref Rng rng)
            {
                float[] values = Numbers.Gaussian(ref rng, length);
                foreach (ref float value in values.AsSpan())
                    value = MathF.Round(2 * value) / 2 is var rounded && rounded == 0 ? shift : rounded;
                return values;
            }
            float[] x = Values(0, ref rng), y = Values(1.5f, ref rng), g = Numbers.Gaussian(ref rng, length);
            Guarded z = new(new float[length]), dx = new(new float[length]), dy = new(new float[length]);
            fixed (float* px = x, py = y, pg = g, pz = z.Span, pdx = dx.Span, pdy = dy.Span)
            {
                BinaryLoop.Forward<TFunction, TSimd, TVector>(px, py, pz, tile);
                BinaryGradient.Run<TFunction, TSimd, TVector>(true, px, py, pg, pdx, adds: true, tile);
                BinaryGradient.Run<TFunction, TSimd, TVector>(false, px, py, pg, pdy, adds: false, tile);
            }
            foreach (Guarded buffer in (Guarded[])[z, dx, dy])
                buffer.AssertGuardsUntouched($"{typeof(TFunction).Name} at {TSimd.Count}");
            // The gap behind every row of outputs is nobody's.
            for (int row = 0; row < rows; row++)
                Assert.Equal(0, z.Span[row * (run + 1) + run]);
            return [z.Span.ToArray(), dx.Span.ToArray(), dy.Span.ToArray()];
        }
    }

    private static int LengthOf(int[] sizes) => sizes.Aggregate(1, (product, size) => product * size);

    private static int Place(int element, int[] output, int[] operand)
    {
        int place = 0;
        for (int back = 1, step = 1; back <= operand.Length; back++)
        {
            place += operand[^back] == 1 ? 0 : element % output[^back] * step;
            step *= operand[^back];
            element /= output[^back];
        }
        return place;
    }
}
