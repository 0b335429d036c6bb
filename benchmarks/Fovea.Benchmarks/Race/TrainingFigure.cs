using System.Globalization;
using System.Numerics.Tensors;
using Fovea.Execution;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;

namespace Fovea.Benchmarks.Race;

/// <summary>
/// Training steps on one batch: SGD with momentum, cross-entropy. The first losses and the first gradient's norm are
/// compared with PyTorch's, then steps are timed, and the process's peak memory is read.
/// </summary>
internal static class TrainingFigure
{
    private const double Rate = 0.01, Momentum = 0.9;

    public static void Run(string figure, string preset, int batch, RaceSetting setting)
    {
        RaceFile file = RaceFile.Open(figure, setting);
        Network network = file.Load(preset, classesOf: "targets");
        float[] input = file["input"], targets = file["targets"], losses = file["losses"], norms = file["gradient_norm"];
        file = null!;
        GC.Collect(); // The file is this harness's; the memory of training is what is measured.

        Plan plan = network.Compile(PlanOptions.Training with { Batch = batch, Threads = setting.Threads });
        var loss = new SoftmaxCrossEntropy();
        var optimizer = new Sgd(Rate, Momentum);
        optimizer.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);

        var got = new float[losses.Length];
        double norm = 0;
        for (int step = 0; step < got.Length; step++)
        {
            got[step] = (float)plan.TrainingStep(input, targets, loss);
            if (step == 0)
                norm = GradientNorm(plan);
            plan.Update(optimizer);
        }
        setting.SayDeviation(figure, RaceFile.Deviation(got, losses), Math.Abs(norm / norms[0] - 1));

        void Step()
        {
            plan.TrainingStep(input, targets, loss);
            plan.Update(optimizer);
        }

        setting.Say(figure, batch / setting.Fastest(Step), "images/s");
        setting.SayAllocated(figure, Step);
        if (PeakMemory() is { } peak)
            setting.Say($"{figure}-memory", peak, "MiB");
    }

    private static double GradientNorm(Plan plan)
    {
        double squares = 0;
        for (int parameter = 0; parameter < plan.Network.TrainableParameters.Count; parameter++)
            squares += TensorPrimitives.SumOfSquares(plan.Gradient(parameter));
        return Math.Sqrt(squares);
    }

    /// <summary>The most physical memory that this process ever held, in MiB; null where the system does not tell.</summary>
    private static double? PeakMemory()
    {
        const string status = "/proc/self/status", peak = "VmHWM:";
        string? line = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(text => text.StartsWith(peak, StringComparison.Ordinal)) : null;
        return line is null ? null : double.Parse(line[peak.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
