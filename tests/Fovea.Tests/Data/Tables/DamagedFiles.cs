using System.Globalization;
using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data.Tables;

/// <summary>Damaged files for readers of tables and arrays.</summary>
internal static class DamagedFiles
{
    /// <summary>How many; FOVEA_MUTANTS asks for more.</summary>
    public static int Count { get; } = Environment.GetEnvironmentVariable("FOVEA_MUTANTS") is { } count ? int.Parse(count, CultureInfo.InvariantCulture) : 3000;

    /// <summary>Damages one of the files, and requires that reading it ends well within its memory.</summary>
    public static void Try(List<byte[]> seeds, ref Rng rng, Action<byte[]> read)
    {
        byte[] file = [.. seeds[rng.NextInt(seeds.Count)]];
        for (int step = 1 + rng.NextInt(3); step > 0 && file.Length > 0; step--)
        {
            int at = rng.NextInt(rng.NextInt(2) == 0 ? file.Length : Math.Min(100, file.Length));
            switch (rng.NextInt(6))
            {
                case 0: file[at] ^= (byte)(1 << rng.NextInt(8)); break;
                case 1: file[at] = (byte)"\",\n\r\0'(){}:0919"[rng.NextInt(15)]; break;
                case 2: file[at]++; break;
                case 3: file = file[..at]; break;
                case 4: file = [.. file[..at], .. file[rng.NextInt(file.Length)..]]; break;
                default: file = [.. file[..at], .. "99999"u8, .. file[at..]]; break;
            }
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read(file);
        }
        catch (DataFormatException error)
        {
            Assert.DoesNotContain('\n', error.Message);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (1 << 20) + 400L * file.Length);
    }
}
