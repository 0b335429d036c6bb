using Fovea.Data;

namespace Fovea.Tests.Data.Synthetic;

/// <summary>What the tests of both generated data sets ask of images.</summary>
internal static class Fingerprint
{
    /// <summary>FNV-1a over pixels and labels.</summary>
    public static ulong Of(MemoryDataset data)
    {
        ulong hash = 14695981039346656037UL;
        for (int i = 0; i < data.Count; i++)
        {
            hash = (hash ^ (ulong)data.Label(i)) * 1099511628211UL;
            foreach (byte pixel in data.Pixels(i))
                hash = (hash ^ pixel) * 1099511628211UL;
        }
        return hash;
    }

    public static void AssertBegins(MemoryDataset shorter, MemoryDataset longer)
    {
        for (int i = 0; i < shorter.Count; i++)
        {
            Assert.Equal(longer.Label(i), shorter.Label(i));
            Assert.True(longer.Pixels(i).SequenceEqual(shorter.Pixels(i)), $"image {i} differs");
        }
    }

    public static HashSet<string> Images(MemoryDataset data) =>
        [.. Enumerable.Range(0, data.Count).Select(i => Convert.ToBase64String(data.Pixels(i)))];

    public static int[] Histogram(MemoryDataset data)
    {
        int[] counts = new int[data.ClassNames.Count];
        for (int i = 0; i < data.Count; i++)
            counts[data.Label(i)]++;
        return counts;
    }
}
