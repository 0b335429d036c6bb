using System.Globalization;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests;

/// <summary>Damages files as chance and malice do.</summary>
internal static class Mutations
{
    /// <summary>How many damaged files a reader is tried with; <c>benchmarks/fuzz</c> asks for more than the tests do.</summary>
    public static int Count(int otherwise) =>
        Environment.GetEnvironmentVariable("FOVEA_MUTANTS") is { } count ? int.Parse(count, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>One of the files with one to three damages.</summary>
    public static byte[] Mutate(List<byte[]> seeds, ref Rng rng)
    {
        byte[] file = [.. seeds[rng.NextInt(seeds.Count)]];
        for (int step = 1 + rng.NextInt(3); step > 0 && file.Length > 0; step--)
        {
            int at = rng.NextInt(rng.NextInt(2) == 0 ? file.Length : Math.Min(64, file.Length));
            switch (rng.NextInt(7))
            {
                case 0:
                    file[at] ^= (byte)(1 << rng.NextInt(8));
                    break;
                case 1:
                    file[at] = (byte)rng.NextInt(256);
                    break;
                case 2:
                    // Lengths and sizes are where the damage is done: all ones, sign bits, small and off by one.
                    byte[] number = rng.NextInt(4) switch
                    {
                        0 => [0xFF, 0xFF, 0xFF, 0xFF],
                        1 => [0x7F, 0xFF, 0xFF, 0xFF],
                        2 => [0, 0, 0, 0],
                        _ => [0x80, 0, 0, 0],
                    };
                    number.AsSpan(0, Math.Min(1 + rng.NextInt(4), file.Length - at)).CopyTo(file.AsSpan(at));
                    break;
                case 3:
                    file[at]++;
                    break;
                case 4:
                    file = file[..at];
                    break;
                case 5:
                    file = [.. file[..at], .. file[rng.NextInt(file.Length)..]];
                    break;
                default:
                    byte[] other = seeds[rng.NextInt(seeds.Count)];
                    file = [.. file[..at], .. other[rng.NextInt(other.Length)..]];
                    break;
            }
        }
        return file;
    }
}
