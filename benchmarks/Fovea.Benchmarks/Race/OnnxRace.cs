using System.Diagnostics;
using System.Globalization;
using Fovea.Execution;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Onnx;
using Fovea.Onnx.Export;
using Fovea.Serialization;
using Fovea.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace Fovea.Benchmarks.Race;

/// <summary>
/// ONNX files in Fovea and in ONNX Runtime (Microsoft.ML.OnnxRuntime), in turns, one image at a time: the least time of each,
/// and how far their outputs are apart. A preset's name stands for the file that it is exported as.
/// </summary>
internal static class OnnxRace
{
    private const int Rounds = 6;

    /// <summary>Prints a row of a Markdown table.</summary>
    /// <param name="name">An ONNX file, or a preset.</param>
    /// <param name="threads">Threads of both.</param>
    /// <param name="seconds">Time of each side in a round.</param>
    public static void Run(string name, int threads, double seconds)
    {
        string file = File.Exists(name) ? name : Path.Combine(Path.GetTempPath(), $"fovea-race-{name}.onnx");
        try
        {
            if (file != name)
            {
                Preset preset = PresetCatalog.Find(name);
                new Model(preset.Create(preset.InputShape, preset.InputShape.Height < 200 ? 10 : 1000, seed: 1)).Export(file);
            }
            Measure(Path.GetFileNameWithoutExtension(name), file, threads, seconds);
        }
        finally
        {
            if (file != name)
                File.Delete(file);
        }
    }

    private static void Measure(string name, string file, int threads, double seconds)
    {
        Network network = OnnxFile.Load(file).Network;
        Plan plan = network.Compile(new PlanOptions { Batch = 1, Threads = threads });
        var input = new float[network.InputShape.Length];
        var rng = new Rng(1);
        for (int i = 0; i < input.Length; i++)
            input[i] = (float)rng.NextDouble();
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        using var session = new InferenceSession(file, options);
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, [1, .. network.InputShape.ToArray().Select(size => (long)size)]);
        using var run = new RunOptions();
        string[] inputs = [session.InputNames[0]], outputs = [session.OutputNames[0]];
        OrtValue[] values = [tensor];

        float[] own = plan.Forward(input).ToArray(), theirs;
        using (IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, inputs, values, outputs))
            theirs = results[0].GetTensorDataAsSpan<float>().ToArray();
        double apart = own.Zip(theirs, (a, b) => Math.Abs((double)a - b)).Max() / theirs.Max(Math.Abs);

        double least = double.PositiveInfinity, peer = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            least = Math.Min(least, Least(seconds, () => plan.Forward(input)));
            peer = Math.Min(peer, Least(seconds, () =>
            {
                using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, inputs, values, outputs);
            }));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {threads} | {least:0.00} ms | {peer:0.00} ms | {peer / least:0.00}× | {apart:0.0e+0} |"));
    }

    private static double Least(double seconds, Action run)
    {
        run();
        double least = double.PositiveInfinity;
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < seconds;)
        {
            long begun = Stopwatch.GetTimestamp();
            run();
            least = Math.Min(least, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
        return least;
    }
}
