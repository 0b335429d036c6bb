using Fovea.Execution;
using Fovea.Networks;

namespace Fovea.Benchmarks.Race;

/// <summary>A network run forward: compared with PyTorch's logits, then timed.</summary>
internal static class InferenceFigure
{
    public static void Run(string figure, string preset, int batch, RaceSetting setting)
    {
        RaceFile file = RaceFile.Open(figure, setting);
        Network network = file.Load(preset, classesOf: "output");
        Plan plan = network.Compile(new PlanOptions { Batch = batch, Threads = setting.Threads });
        float[] input = file["input"];
        setting.SayDeviation(figure, RaceFile.Deviation(plan.Forward(input), file["output"]));

        double time = setting.Fastest(() => plan.Forward(input));
        if (preset == "lenet5" && batch == 1)
            setting.Say(figure, time * 1e6, "µs");
        else
            setting.Say(figure, batch / time, "images/s");
        setting.SayAllocated(figure, () => plan.Forward(input));
    }
}
