using System.Numerics;

namespace Fovea.Tensors;

/// <summary>
/// The one source of random numbers: xoshiro256** (Blackman and Vigna, 2018), seeded through SplitMix64.
/// A stream is named by a seed and up to two more numbers (say, epoch and sample), so that what is drawn depends
/// on what it is drawn for and never on the order of work or the number of threads. A mutable struct: pass it by ref.
/// </summary>
public struct Rng
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>The stream named by these numbers.</summary>
    public Rng(ulong seed, ulong stream = 0, ulong substream = 0)
    {
        ulong state = Mix(Mix(seed) ^ (stream * 0x9E3779B97F4A7C15UL)) ^ (substream * 0xD1B54A32D192ED03UL);
        _s0 = NextSplitMix(ref state);
        _s1 = NextSplitMix(ref state);
        _s2 = NextSplitMix(ref state);
        _s3 = NextSplitMix(ref state);
    }

    /// <summary>64 uniform random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A uniform number in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform number in [low, high).</summary>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>A uniform whole number in [0, bound). Lemire's multiplication; the bias is below bound / 2⁶⁴.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is not positive.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)Math.BigMul(NextUInt64(), (ulong)bound, out _);
    }

    /// <summary>A draw from the normal distribution with mean 0 and deviation 1 (Box and Muller, 1958).</summary>
    public double NextGaussian()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Puts the items into a uniformly random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>SplitMix64's output function: a bijection that makes 64 well-spread bits from any number.</summary>
    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15UL;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }

    private static ulong NextSplitMix(ref ulong state)
    {
        ulong result = Mix(state);
        state += 0x9E3779B97F4A7C15UL;
        return result;
    }
}
