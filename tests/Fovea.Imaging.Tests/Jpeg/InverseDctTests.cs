using System.Runtime.Intrinsics.X86;
using Fovea.Imaging.Jpeg;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests.Jpeg;

public unsafe class InverseDctTests
{
    [Fact]
    public void Samples_are_those_of_the_definition()
    {
        var rng = new Rng(5);
        short[] block = new short[64], steps = new short[64];
        var samples = new byte[64];
        var plain = new double[64];
        for (int trial = 0; trial < 300; trial++)
        {
            Array.Clear(block);
            Array.Clear(plain);
            for (int i = 0; i < 64; i++)
            {
                steps[BlockLayout.Place(i)] = (short)(1 + rng.NextInt(20));
                if (rng.NextInt(64) >= 12 && i > 0)
                    continue;
                block[BlockLayout.Place(i)] = (short)(rng.NextInt(21) - 10);
                plain[i] = block[BlockLayout.Place(i)] * steps[BlockLayout.Place(i)];
            }
            Run(block, steps, samples, scalar: false);
            for (int i = 0; i < 64; i++)
                Assert.InRange(samples[i] - Math.Clamp(Definition(plain, i & 7, i >> 3) + 128, 0, 255), -0.6, 0.6);
        }
    }

    [Fact]
    public void All_ways_to_compute_it_give_the_same_bits()
    {
        if (!Avx2.IsSupported)
            Console.WriteLine("skipped: this processor has no AVX2 to compare with");
        var rng = new Rng(6);
        short[] block = new short[64], steps = new short[64];
        byte[] vectors = new byte[64], scalar = new byte[64];
        for (int trial = 0; trial < 5000 && Avx2.IsSupported; trial++)
        {
            // Up to where the sums of 16 bits that the vectors keep between the passes still hold.
            int range = 1 << (1 + (trial % 8));
            for (int i = 0; i < 64; i++)
            {
                steps[i] = (short)(1 + rng.NextInt(2));
                block[i] = (short)(rng.NextInt((2 * range) + 1) - range);
            }
            Run(block, steps, vectors, scalar: false);
            Run(block, steps, scalar, scalar: true);
            Assert.Equal(scalar, vectors);
            Array.Clear(block, 1, 63);
            Run(block, steps, vectors, scalar: false);
            fixed (byte* samples = scalar)
                InverseDct.TransformDc(block[0], steps[0], samples, 8);
            Assert.Equal(scalar, vectors);
        }
    }

    private static void Run(short[] block, short[] steps, byte[] samples, bool scalar)
    {
        fixed (short* b = block, s = steps)
        fixed (byte* o = samples)
            if (scalar)
                InverseDct.TransformScalar(b, s, o, 8);
            else
                InverseDct.Transform(b, s, o, 8);
    }

    /// <summary>A.3.3 of the standard, in double precision.</summary>
    private static double Definition(double[] coefficients, int x, int y)
    {
        double sum = 0;
        for (int i = 0; i < 64; i++)
        {
            int u = i & 7, v = i >> 3;
            double scale = (u == 0 ? Math.Sqrt(0.5) : 1) * (v == 0 ? Math.Sqrt(0.5) : 1) / 4;
            sum += scale * coefficients[i] * Math.Cos(((2 * x) + 1) * u * Math.PI / 16) * Math.Cos(((2 * y) + 1) * v * Math.PI / 16);
        }
        return sum;
    }
}
