using Fovea.Execution;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Benchmarks.Race;

/// <summary>One convolution with stride 1 as a network of its own, so with the plan's conversions at both ends.</summary>
internal sealed record ConvolutionFigure(int Kernel, int Padding, int Batch, int Channels, int Size, int Maps)
{
    /// <summary>Times it forward, or forward with both gradients, which is three times the work; directly, or however the plan likes.</summary>
    public void Run(string figure, bool both, bool winograd, RaceSetting setting)
    {
        Network network = new NetworkBuilder(new Shape(Channels, Size, Size))
            .Conv2d(Maps, Kernel, padding: Padding, bias: false, name: "conv").Build(seed: 1);
        RaceFile file = RaceFile.Open(figure, setting);
        file.Fill(network);
        float[] input = file["input"], gradient = both ? file["output_gradient"] : [];
        Plan plan = network.Compile((both ? PlanOptions.Training : new PlanOptions()) with
        {
            Batch = Batch,
            Threads = setting.Threads,
            InputGradient = both,
            Winograd = winograd,
        });
        void Step()
        {
            plan.Forward(input);
            if (both)
                plan.Backward(gradient);
        }

        Step();
        double output = RaceFile.Deviation(plan.Outputs, file["output"]);
        if (both)
            setting.SayDeviation(figure, output, RaceFile.Deviation(plan.InputGradient, file["input_gradient"]), RaceFile.Deviation(plan.Gradient(0), file["weight_gradient"]));
        else
            setting.SayDeviation(figure, output);
        double before = PeakFlops.Measure(setting.Threads), work = 2e-9 * Batch * network.OutputShape.Length * Channels * Kernel * Kernel;
        setting.Say(figure, (both ? 3 : 1) * work / setting.Fastest(Step), "GF/s");
        setting.Say($"{figure}-peak", Math.Max(before, PeakFlops.Measure(setting.Threads)), "GF/s"); // the machine may be another by the next figure
    }
}
