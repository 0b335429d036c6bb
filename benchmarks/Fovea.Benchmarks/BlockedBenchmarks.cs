using BenchmarkDotNet.Attributes;
using Fovea.Execution;
using Fovea.Execution.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Benchmarks;

/// <summary>
/// What runs single layers where channels lie in blocks, at the shapes of ResNet-18, MobileNetV2 and VGG-11, on one
/// thread, without laying out inputs and outputs. GF/s = 2 · multiply-adds · batch / time, for each of the passes.
/// </summary>
public class BlockedBenchmarks
{
    private BlockedOperator _forward = null!;
    private BlockedOperator _training = null!;

    [Params("64→64 3×3 @56", "128→128 3×3 @28", "256→256 3×3 @14", "512→512 3×3 @7", "64→256 1×1 @56", "384 depthwise 3×3 @14", "25088→4096")]
    public string Case { get; set; } = "";

    [Params(1, 16)]
    public int Batch { get; set; }

    /// <summary>Where it is allowed, the plan still takes the direct way if that is expected to be faster.</summary>
    [Params(true, false)]
    public bool Winograd { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        (Layer layer, Shape input) = Case switch
        {
            "64→64 3×3 @56" => (new Conv2d(64, 64, 3, padding: 1, bias: false), new Shape(64, 56, 56)),
            "128→128 3×3 @28" => (new Conv2d(128, 128, 3, padding: 1, bias: false), new Shape(128, 28, 28)),
            "256→256 3×3 @14" => (new Conv2d(256, 256, 3, padding: 1, bias: false), new Shape(256, 14, 14)),
            "512→512 3×3 @7" => (new Conv2d(512, 512, 3, padding: 1, bias: false), new Shape(512, 7, 7)),
            "64→256 1×1 @56" => (new Conv2d(64, 256, 1, bias: false), new Shape(64, 56, 56)),
            "384 depthwise 3×3 @14" => (new Conv2d(384, 384, 3, padding: 1, groups: 384, bias: false), new Shape(384, 14, 14)),
            _ => ((Layer)new Linear(25088, 4096), new Shape(25088)),
        };
        Network network = new NetworkBuilder(input).Add(layer, "layer").Build(seed: 1);
        _forward = OperatorOf(network, false);
        _training = OperatorOf(network, true);
        Forward(_training);
    }

    [Benchmark]
    public void Forward() => Forward(_forward);

    /// <summary>Both gradients.</summary>
    [Benchmark]
    public void Backward()
    {
        for (int phase = 0; phase < _training.BackwardPhases; phase++)
            for (int task = 0, tasks = _training.BackwardTasks(phase, Batch); task < tasks; task++)
                _training.Backward(phase, task, Batch, worker: 0);
    }

    private void Forward(BlockedOperator op)
    {
        for (int phase = 0; phase < op.ForwardPhases; phase++)
            for (int task = 0, tasks = op.ForwardTasks(phase, Batch); task < tasks; task++)
                op.Forward(phase, task, Batch, worker: 0);
    }

    private BlockedOperator OperatorOf(Network network, bool training)
    {
        PlanOptions options = (training ? PlanOptions.Training : new PlanOptions()) with { Batch = Batch, Threads = 1, Winograd = Winograd, InputGradient = training };
        return new BlockedRunner(network, options, network.InputShape).Lowered.Operators.Single();
    }
}
