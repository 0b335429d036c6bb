using System.Diagnostics;
using System.Globalization;
using Fovea.Imaging;
using Fovea.Imaging.Resizing;

namespace Fovea.Benchmarks.Images;

/// <summary>Fovea's side of `benchmarks/images`: picture files from memory to pixels, and on to 224×224.</summary>
internal static class ImageTimes
{
    /// <summary>Prints a line a file: its path, then the shortest times in milliseconds, apart by tabs.</summary>
    public static void Run(double seconds, IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            byte[] file = File.ReadAllBytes(path);
            double decode = Shortest(seconds, () => ImageFile.Decode(file));
            double both = Shortest(seconds, () => Resizer.Resize(ImageFile.Decode(file), 224, 224));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}\t{decode:f4}\t{both:f4}"));
        }
    }

    private static double Shortest(double seconds, Func<Image> work)
    {
        var watch = Stopwatch.StartNew();
        double shortest = double.MaxValue;
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            shortest = Math.Min(shortest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return shortest;
    }
}
