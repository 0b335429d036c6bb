using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>Draws one sample of a class into bytes (C, H, W), taking every decision from <paramref name="rng"/>.</summary>
internal delegate void Painter(ref Rng rng, int label, Span<byte> pixels);

/// <summary>
/// What the generated data sets share. Sample i depends on (seed, split, i) alone, so that the number of threads
/// changes nothing and a shorter set is the beginning of a longer one.
/// </summary>
internal static class Generator
{
    /// <summary>
    /// Generates <paramref name="count"/> samples. Every run of as many samples as there are classes holds each class
    /// once, in random order: any beginning of the set is balanced. Of threads, 0 is one a processor.
    /// </summary>
    public static MemoryDataset Generate(string name, Shape shape, string[] classes, DatasetSplit split, int count, ulong seed, int threads, Painter paint)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if ((long)count * shape.Length > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"at most {Array.MaxLength / shape.Length} images of {shape} fit in memory");
        (ulong labelStream, ulong imageStream) = Streams(name, split);
        byte[] pixels = new byte[count * shape.Length];
        int[] labels = Labels(classes.Length, count, seed, labelStream);
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads };
        Parallel.For(0, count, options, i =>
        {
            var rng = new Rng(seed, imageStream, (ulong)i);
            paint(ref rng, labels[i], pixels.AsSpan(i * shape.Length, shape.Length));
        });
        return new MemoryDataset($"{name}/{(split == DatasetSplit.Train ? "train" : "test")}", shape, classes, pixels, labels);
    }

    private static int[] Labels(int classes, int count, ulong seed, ulong stream)
    {
        int[] labels = new int[count];
        Span<int> order = stackalloc int[classes];
        for (int start = 0; start < count; start += classes)
        {
            for (int k = 0; k < classes; k++)
                order[k] = k;
            new Rng(seed, stream, (ulong)start).Shuffle(order);
            order[..Math.Min(classes, count - start)].CopyTo(labels.AsSpan(start));
        }
        return labels;
    }

    /// <summary>Two random streams that no other data set or split uses, from the name (FNV-1a).</summary>
    private static (ulong Labels, ulong Images) Streams(string name, DatasetSplit split)
    {
        ulong hash = 14695981039346656037UL;
        foreach (char c in name)
            hash = (hash ^ c) * 1099511628211UL;
        ulong stream = Rng.Mix(hash + (ulong)split);
        return (Rng.Mix(stream + 1), Rng.Mix(stream + 2));
    }
}
