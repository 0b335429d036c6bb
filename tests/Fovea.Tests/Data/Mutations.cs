using System.Globalization;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

/// <summary>Damages files the way disks, networks and attackers do, the same way every time.</summary>
internal static class Mutations
{
    /// <summary>How many damaged files a reader is tried with; <c>benchmarks/fuzz</c> asks for more than the tests do.</summary>
    public static int Count(int otherwise) =>
        Environment.GetEnvironmentVariable("FOVEA_MUTANTS") is { } count ? int.Parse(count, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>A damaged copy: bits flipped, bytes set, a stretch cut out or repeated, the end missing or grown.</summary>
    public static byte[] Mutate(byte[] original, ulong number, int headerBytes)
    {
        var rng = new Rng(20, number);
        var bytes = new List<byte>(original);
        for (int change = rng.NextInt(4); change >= 0 && bytes.Count > 0; change--)
        {
            // Every other change aims at the header, where the sizes are.
            int at = rng.NextInt(rng.NextInt(2) == 0 ? Math.Min(headerBytes, bytes.Count) : bytes.Count);
            switch (rng.NextInt(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << rng.NextInt(8));
                    break;
                case 1:
                    bytes[at] = (byte)rng.NextInt(256);
                    break;
                case 2:
                    bytes[at] = rng.NextInt(2) == 0 ? (byte)0 : (byte)255;
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    bytes.RemoveRange(at, Math.Min(1 + rng.NextInt(16), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(1 + rng.NextInt(64), bytes.Count - at)));
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>
    /// Runs a reader over 10,000 damaged files, or as many as asked for: each is read or refused with a one-line message, and none makes it
    /// allocate more than its size allows. Returns how many were read, so that a test can tell that both happen.
    /// </summary>
    public static int Survive<TException>(byte[] original, int headerBytes, Func<long, long> allowedBytes, Action<byte[]> read)
        where TException : Exception
    {
        int valid = 0;
        ulong mutants = (ulong)Count(10_000);
        for (ulong number = 0; number < mutants; number++)
        {
            byte[] damaged = Mutate(original, number, headerBytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(damaged);
                valid++;
            }
            catch (TException e)
            {
                Assert.DoesNotContain('\n', e.Message);
                Assert.NotEmpty(e.Message);
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= allowedBytes(damaged.Length), $"mutation {number} of {damaged.Length} bytes allocated {allocated}");
        }
        Console.WriteLine($"{typeof(TException).Name}: {mutants} mutants, {valid} read");
        return valid;
    }
}
