using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Fovea.Execution;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Optimizers;
using Fovea.Tensors;

namespace Fovea.Benchmarks.Race;

/// <summary>
/// How long single calls take, and how much several callers get done: Fovea's side of <c>benchmarks/neighbours</c>, where
/// other processes want the processors, too. A line <c>figure threads median p99</c> each, in milliseconds.
/// </summary>
/// <remarks>
/// <c>NETWORK-infer-BATCH</c> runs forward, <c>NETWORK-train-BATCH</c> makes training steps, and
/// <c>NETWORK-clients-COUNT</c> is so many threads that predict one sample at a time with plans of their own: its
/// times are those of one prediction, of all clients together.
/// </remarks>
internal static partial class LatencyFigure
{
    private const double WarmUpSeconds = 1;
    private const int MinCalls = 3;

    public static void Run(string figure, int threads, double seconds)
    {
        Match match = Name().Match(figure);
        if (!match.Success)
            throw new RaceException($"no such figure: {figure}");
        string preset = match.Groups[1].Value;
        int number = int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
        if (PresetCatalog.All.All(known => known.Name != preset))
            throw new RaceException($"there is no preset {preset}");
        Network network = PresetCatalog.Create(preset, PresetCatalog.Find(preset).InputShape, classes: 10, seed: 1).WithoutSoftmax();
        switch (match.Groups[2].Value)
        {
            case "infer":
                Say(figure, threads, Times(Prediction(network, number, threads), seconds));
                break;
            case "train":
                Say(figure, threads, Times(Step(network, number, threads), seconds));
                break;
            default:
                SayTogether(figure, threads, [.. Enumerable.Range(0, number).Select(_ => Prediction(network, 1, threads))], seconds);
                break;
        }
    }

    private static Action Prediction(Network network, int batch, int threads)
    {
        Plan plan = network.Compile(new PlanOptions { Batch = batch, Threads = threads });
        float[] input = Noise(batch * network.InputShape.Length);
        return () => plan.Forward(input);
    }

    private static Action Step(Network network, int batch, int threads)
    {
        Plan plan = network.Compile(PlanOptions.Training with { Batch = batch, Threads = threads });
        var optimizer = new Sgd(0.001);
        optimizer.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
        var loss = new SoftmaxCrossEntropy();
        float[] input = Noise(batch * network.InputShape.Length), targets = new float[batch * network.OutputShape.Length];
        for (int n = 0; n < batch; n++)
            targets[(n * network.OutputShape.Length) + (n % network.OutputShape.Length)] = 1;
        return () =>
        {
            plan.TrainingStep(input, targets, loss);
            plan.Update(optimizer);
        };
    }

    private static float[] Noise(int length)
    {
        var rng = new Rng(1);
        var noise = new float[length];
        foreach (ref float value in noise.AsSpan())
            value = (float)rng.NextGaussian();
        return noise;
    }

    /// <summary>Milliseconds of every call, sorted.</summary>
    private static List<double> Times(Action action, double seconds)
    {
        var times = new List<double>(1 << 20);
        for (long start = Stopwatch.GetTimestamp(); times.Count < MinCalls || Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpSeconds + seconds;)
        {
            long one = Stopwatch.GetTimestamp();
            action();
            if (Stopwatch.GetElapsedTime(start, one).TotalSeconds >= WarmUpSeconds)
                times.Add(Stopwatch.GetElapsedTime(one).TotalMilliseconds);
        }
        times.Sort();
        return times;
    }

    private static void SayTogether(string figure, int threads, Action[] clients, double seconds)
    {
        var calls = new int[clients.Length];
        var workers = clients.Select((client, i) => new Thread(() => calls[i] = Times(client, seconds).Count)).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        double mean = 1000 * seconds / calls.Sum();
        Say(figure, threads, [mean]);
    }

    private static void Say(string figure, int threads, List<double> sorted)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure} {threads} {sorted[sorted.Count / 2]:G6} {sorted[sorted.Count * 99 / 100]:G6}"));
    }

    [GeneratedRegex(@"^([\w-]+?)-(train|infer|clients)-(\d+)$")]
    private static partial Regex Name();
}
