using Fovea.Execution.Blocked.Gradients;
using Fovea.Execution.Graph;
using Fovea.Execution.Workers;
using Fovea.Kernels;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Trains a <see cref="Conv2d"/>: forward is the operator of inference after its weights were packed, which
/// nobody needs any longer then; backward a list of parts, each by the algorithm that suits it.
/// </summary>
internal sealed class TrainedConvolutionOperator : BlockedOperator
{
    private readonly BlockedOperator _forward;
    private readonly Epilogue _epilogue;
    private readonly bool _winograd;
    private readonly PhasedWork[] _parts;
    private readonly (PhasedWork Part, int Phase)[] _phases;

    public TrainedConvolutionOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output, Epilogue epilogue, int tile)
        : base(context, group, nodes, inputs, output)
    {
        _epilogue = epilogue;
        _winograd = tile > 0;
        var layer = (Conv2d)nodes[0].Layer;
        _forward = tile > 0 ? new WinogradOperator(context, group, nodes, inputs, output, epilogue, tile)
            : layer.IsDepthwise ? new DepthwiseOperator(context, group, nodes, inputs, output, epilogue)
            : layer.Groups > 1 ? new GroupedConvolutionOperator(context, group, nodes, inputs, output, epilogue)
            : new ConvolutionOperator(context, group, nodes, inputs, output, epilogue);
        _parts = [.. MakeParts(layer)];
        _phases = [.. _parts.SelectMany(part => Enumerable.Range(0, part.Phases).Select(phase => (part, phase)))];
    }

    public override string Algorithm => _forward.Algorithm;

    public override int ScratchLength => Math.Max(_forward.ScratchLength, _parts.Select(part => part.ScratchLength).DefaultIfEmpty().Max());

    public override int SharedLength => Math.Max(_forward.SharedLength, _parts.Select(part => part.SharedLength).DefaultIfEmpty().Max());

    public override int ForwardPhases => 1 + _forward.ForwardPhases;

    public override int ForwardTasks(int phase, int count) => phase == 0 ? _forward.PackTasks : _forward.ForwardTasks(phase - 1, count);

    public override void Forward(int phase, int task, int count, int worker)
    {
        if (phase == 0)
            _forward.Pack(task);
        else
            _forward.Forward(phase - 1, task, count, worker);
    }

    public override int BackwardPhases => _phases.Length;

    public override int BackwardTasks(int phase, int count) => _phases[phase].Part.Tasks(_phases[phase].Phase, count);

    public override void Backward(int phase, int task, int count, int worker) =>
        _phases[phase].Part.Run(_phases[phase].Phase, task, count, worker);

    private IEnumerable<PhasedWork> MakeParts(Conv2d layer)
    {
        Window window = layer.WindowFor(Input.Shape);
        Parameter weights = Nodes[0].Parameters[0];
        if (_epilogue.Residual is not null || !float.IsNegativeInfinity(_epilogue.Lower))
            yield return new ClampGradient(this, _epilogue.Residual is null ? -1 : 1, _epilogue.Lower, _epilogue.Upper);
        if (layer.Bias && Context.WantsGradient(Nodes[0].Parameters[1]))
            yield return new BiasGradient(Context, Output, Nodes[0].Parameters[1]);
        if (_forward is DepthwiseOperator depthwise)
        {
            if (Context.WantsGradient(weights) || Targets[0] != GradientTarget.None)
                yield return new DepthwiseGradients(Context, this, depthwise, window, weights);
            yield break;
        }
        if (Context.WantsGradient(weights) && _winograd)
            yield return new WinogradWeightGradient(Context, Input, Output, window, weights);
        else if (Context.WantsGradient(weights))
            foreach (ChannelBand band in ChannelBand.ByOutputs(layer, Input, Output))
                yield return new WeightGradient(Context, this, window, weights, band);
        if (Targets[0] != GradientTarget.None && _winograd)
            yield return new WinogradInputGradient(Context, this, window, weights);
        else if (Targets[0] != GradientTarget.None)
            foreach (ChannelBand band in ChannelBand.ByInputs(layer, Input, Output))
                yield return new InputGradient(Context, this, window, weights, band);
    }
}
