using System.Diagnostics;
using System.Globalization;
using Fovea.Data;
using Fovea.Data.Augmentation;
using Fovea.Data.Synthetic;

namespace Fovea.Benchmarks.Images;

/// <summary>How many training images a second are read, changed and normalised: `augment SECONDS STEPS...`.</summary>
internal static class AugmentationSpeed
{
    private const int Samples = 4096, Batch = 64;

    /// <summary>Prints a line for each augmentation, data set and number of threads: samples a second, the most of several rounds.</summary>
    public static void Run(double seconds, IEnumerable<string> steps)
    {
        (string Name, IDataset Data)[] sets = [("28×28 grey", Digits.Generate(Samples)), ("32×32 colour", Shapes.Generate(Samples))];
        foreach (string text in steps)
            foreach ((string name, IDataset data) in sets)
            {
                var loader = new BatchLoader(data, Batch, Normalization.Identity(data.ImageShape.Channels), seed: 1, Augmenter.Parse(text));
                double[] rates = [Rate(loader, 1, seconds), Rate(loader, 2, seconds)];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{text}\t{name}\t{rates[0]:f0}\t{rates[1]:f0}"));
            }
    }

    private static double Rate(BatchLoader loader, int threads, double seconds)
    {
        const int Rounds = 5;
        double best = 0;
        for (int round = 0; round < Rounds; round++)
        {
            int done = 0, next = -1;
            long start = Stopwatch.GetTimestamp();
            Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
            {
                var images = new float[Batch * loader.Dataset.ImageShape.Length];
                var labels = new int[Batch];
                while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds / Rounds)
                {
                    loader.LoadRange(Interlocked.Increment(ref next) % loader.BatchCount * Batch, images, labels);
                    Interlocked.Add(ref done, Batch);
                }
            }))];
            Array.ForEach(workers, worker => worker.Start());
            Array.ForEach(workers, worker => worker.Join());
            best = Math.Max(best, done / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }
}
