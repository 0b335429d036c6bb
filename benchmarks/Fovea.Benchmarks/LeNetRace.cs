using System.Diagnostics;
using System.Globalization;
using Fovea.Execution;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Optimizers;
using Fovea.Tensors;

namespace Fovea.Benchmarks;

/// <summary>
/// LeNet-5 on 28×28 pictures, as <c>benchmarks/peers/torch_lenet.py</c> runs it: SGD with momentum, minimum of many
/// steps. Prints lines of a name and a number.
/// </summary>
internal static class LeNetRace
{
    public static void Run(int threads, double seconds)
    {
        if (threads == 1)
            Print("peak-gflops", PeakFlops.Measure());
        foreach (int batch in new[] { 64, 256 })
            Print($"train-{batch}", batch / TrainingStep(batch, threads, seconds));
        Print("infer-256", 256 / Inference(256, threads, seconds));
        Print("infer-1-us", Inference(1, threads, seconds) * 1e6);
    }

    private static double TrainingStep(int batch, int threads, double seconds)
    {
        Network network = LeNet().WithoutSoftmax();
        Plan plan = network.Compile(new PlanOptions { Batch = batch, Mode = PlanMode.Training, Threads = threads, KeepActivations = false });
        (float[] images, float[] targets) = Samples(batch);
        var loss = new SoftmaxCrossEntropy();
        var optimizer = new Sgd(0.01, momentum: 0.9);
        optimizer.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
        return Fastest(seconds, () =>
        {
            plan.TrainingStep(images, targets, loss);
            plan.Update(optimizer);
        });
    }

    private static double Inference(int batch, int threads, double seconds)
    {
        Plan plan = LeNet().Compile(new PlanOptions { Batch = batch, Threads = threads, KeepActivations = false });
        float[] images = Samples(batch).Images;
        return Fastest(seconds, () => plan.Forward(images));
    }

    private static Network LeNet() => Presets.Create("lenet5", new Shape(1, 28, 28), classes: 10, seed: 1);

    private static (float[] Images, float[] Targets) Samples(int batch)
    {
        var rng = new Rng(1);
        float[] images = new float[batch * 784], targets = new float[batch * 10];
        foreach (ref float pixel in images.AsSpan())
            pixel = (float)rng.NextGaussian();
        for (int n = 0; n < batch; n++)
            targets[n * 10 + rng.NextInt(10)] = 1;
        return (images, targets);
    }

    /// <summary>Seconds of the fastest call; a tenth of the time warms up.</summary>
    private static double Fastest(double seconds, Action action)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 0.5 + seconds / 10)
            action();
        double best = double.MaxValue;
        start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            long one = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(one).TotalSeconds);
        }
        return best;
    }

    private static void Print(string name, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value:F1}"));
}
