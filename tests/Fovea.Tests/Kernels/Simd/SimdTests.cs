using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Tests.Kernels.Simd;

/// <summary>Every operation of every width against the same arithmetic on single floats.</summary>
public unsafe class SimdTests
{
    private static readonly float[] Values =
        [0, 1, -1, 1.5f, -2.25f, 3e38f, -3e38f, 1e-42f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 7, -0.1f, 0.3f, 16777217f, 42];

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    [InlineData(32)]
    public void Operations_of_every_width(int bits)
    {
        switch (bits)
        {
            case 512: Check<Simd512, Vector512<float>>(16); break;
            case 256: Check<Simd256, Vector256<float>>(8); break;
            case 128: Check<Simd128, Vector128<float>>(4); break;
            default: Check<SimdScalar, float>(1); break;
        }
    }

    private static void Check<TSimd, TVector>(int count)
        where TSimd : ISimd<TVector> where TVector : unmanaged
    {
        Assert.Equal(count, TSimd.Count);
        Assert.Equal(count * sizeof(float), sizeof(TVector));
        float[] left = new float[count], right = new float[count], third = new float[count], result = new float[count];
        // Every value meets every other, in every lane.
        for (int pair = 0; pair < Values.Length * Values.Length; pair++)
        {
            for (int lane = 0; lane < count; lane++)
            {
                left[lane] = Values[(pair + lane) % Values.Length];
                right[lane] = Values[(pair / Values.Length + 5 * lane) % Values.Length];
                third[lane] = Values[(pair + 3 * lane + 1) % Values.Length];
            }
            fixed (float* l = left, r = right, t = third)
            {
                TVector a = TSimd.Load(l), b = TSimd.Load(r), c = TSimd.Load(t);
                Lanes(TSimd.Add(a, b), i => left[i] + right[i]);
                Lanes(TSimd.Subtract(a, b), i => left[i] - right[i]);
                Lanes(TSimd.Multiply(a, b), i => left[i] * right[i]);
                Lanes(TSimd.Divide(a, b), i => left[i] / right[i]);
                Lanes(TSimd.ShiftLeft(a, 3), i => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(left[i]) << 3));
                Lanes(TSimd.MultiplyAdd(a, b, c), i => MathF.FusedMultiplyAdd(left[i], right[i], third[i]));
                Lanes(TSimd.Max(a, b), i => float.IsNaN(left[i]) || float.IsNaN(right[i]) ? float.NaN : left[i] > right[i] ? left[i] : right[i]);
                Lanes(TSimd.Min(a, b), i => float.IsNaN(left[i]) || float.IsNaN(right[i]) ? float.NaN : left[i] < right[i] ? left[i] : right[i]);
                Lanes(TSimd.And(TSimd.Equal(a, b), c), i => left[i] == right[i] ? third[i] : 0);
                Lanes(TSimd.And(TSimd.Greater(a, b), c), i => left[i] > right[i] ? third[i] : 0);
                Lanes(TSimd.AndNot(c, TSimd.Equal(a, b)), i => left[i] == right[i] ? 0 : third[i]);
                Lanes(TSimd.Or(TSimd.And(TSimd.Greater(a, b), a), TSimd.AndNot(b, TSimd.Greater(a, b))), i => left[i] > right[i] ? left[i] : right[i]);
                Lanes(TSimd.Exp(a), i => Vector128.Exp(Vector128.Create(left[i])).ToScalar());
                Lanes(TSimd.Broadcast(left[0]), _ => left[0]);
                Lanes(TSimd.Zero, _ => 0);
            }
        }

        void Lanes(TVector actual, Func<int, float> expected)
        {
            fixed (float* destination = result)
                TSimd.Store(actual, destination);
            for (int i = 0; i < count; i++)
                Assert.Equal(expected(i), result[i]);
        }
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    [InlineData(32)]
    public void Sum_counts_every_lane_once(int bits)
    {
        float[] powers = [.. Enumerable.Range(0, 16).Select(i => (float)(1 << i))];
        fixed (float* p = powers)
        {
            float sum = bits switch
            {
                512 => Simd512.Sum(Simd512.Load(p)),
                256 => Simd256.Sum(Simd256.Load(p)),
                128 => Simd128.Sum(Simd128.Load(p)),
                _ => SimdScalar.Sum(SimdScalar.Load(p)),
            };
            Assert.Equal((1 << (bits / 32)) - 1, sum);
        }
    }
}
