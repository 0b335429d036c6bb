using System.Diagnostics;
using System.Globalization;
using Fovea.Imaging;
using Fovea.Imaging.Folders;
using Fovea.Imaging.Preparing;
using Fovea.Tensors;

namespace Fovea.Benchmarks.Images;

/// <summary>Fovea's side of `benchmarks/images`, by the calls that commands make.</summary>
internal static class ImageTimes
{
    /// <summary>
    /// Prints a line a file: its path, then the shortest times in milliseconds, apart by tabs: decoded whole, and prepared
    /// for a network of 3×224×224 and one of 3×64×64, as `fovea predict` does it.
    /// </summary>
    public static void Run(double seconds, IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            byte[] file = File.ReadAllBytes(path);
            double decode = Shortest(seconds, () => ImageFile.Decode(file));
            double large = Shortest(seconds, () => ModelInput.Prepare(file, new Shape(3, 224, 224)));
            double small = Shortest(seconds, () => ModelInput.Prepare(file, new Shape(3, 64, 64)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}\t{decode:f4}\t{large:f4}\t{small:f4}"));
        }
    }

    /// <summary>
    /// Prints the milliseconds that an image of a folder takes on one core from its file to bytes of 3×64×64, the shortest
    /// of so many readings, as `fovea train` does it; then the number of images.
    /// </summary>
    public static void RunFolder(int rounds, string folder)
    {
        var options = new ImageFolderOptions { ImageShape = new Shape(3, 64, 64), Threads = 1 };
        int count = 0;
        var shortest = TimeSpan.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            count = ImageFolder.Load(folder, options).Train.Count;
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            shortest = time < shortest ? time : shortest;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shortest.TotalMilliseconds / count:f4}\t{count}"));
    }

    private static double Shortest(double seconds, Action work)
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
