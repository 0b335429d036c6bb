using Fovea.Losses;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Graph;

/// <summary>
/// Runs an execution graph over a batch, and holds what its caller sees of a run. The engines differ in how numbers lie in
/// memory and in which order the work is done.
/// </summary>
internal abstract class Runner
{
    private readonly AlignedBuffer _targets;
    private long _packedVersion = -1;

    /// <param name="graph">What runs.</param>
    protected Runner(ExecutionGraph graph)
    {
        Graph = graph;
        int batch = graph.Options.Batch, outputs = checked(batch * OutputShape.Length);
        bool backward = graph.Options.HasGradients;
        Outputs = new AlignedBuffer(outputs);
        OutputGradients = new AlignedBuffer(backward ? outputs : 0);
        _targets = new AlignedBuffer(backward ? outputs : 0);
        Losses = new AlignedBuffer(backward ? batch : 0);
        InputGradient = new AlignedBuffer(graph.Options.InputGradient ? checked(batch * InputShape.Length) : 0);
    }

    public ExecutionGraph Graph { get; }

    public PlanOptions Options => Graph.Options;

    public Shape InputShape => Graph.InputShape;

    public Shape OutputShape => Graph.ShapeOf(Graph.Network.Nodes.Count - 1);

    /// <summary>How many samples the last run had.</summary>
    public int Count { get; protected set; }

    /// <summary>How many training steps came before; it names random streams.</summary>
    public ulong StepCount { get; set; }

    /// <summary>(batch, outputs).</summary>
    public AlignedBuffer Outputs { get; }

    /// <summary>The loss's gradients: (batch, outputs).</summary>
    protected AlignedBuffer OutputGradients { get; }

    /// <summary>(batch).</summary>
    public AlignedBuffer Losses { get; }

    /// <summary>(batch, C, H, W), if it was asked for.</summary>
    public AlignedBuffer InputGradient { get; }

    /// <summary>Where the gradients of all parameters lie: in the first.</summary>
    public abstract ReadOnlySpan<AlignedBuffer> ParameterGradients { get; }

    /// <summary>Where the gradient of every trainable parameter lies in each of <see cref="ParameterGradients"/>.</summary>
    public abstract int[] ParameterOffsets { get; }

    /// <summary>The targets of the coming step.</summary>
    protected ReadOnlySpan<float> Targets => _targets.Span;

    /// <summary>The loss of the coming step.</summary>
    protected Loss? Loss { get; private set; }

    /// <summary>What every sample's gradient is multiplied with: one over the sum of the samples' weights.</summary>
    protected float LossScale { get; private set; }

    /// <summary>Computes a value, and all that it depends on, of (count, C, H, W).</summary>
    /// <param name="input">The samples.</param>
    /// <param name="count">How many.</param>
    /// <param name="value">Which value; the outputs are stored if it is theirs.</param>
    public abstract void Forward(ReadOnlySpan<float> input, int count, int value);

    /// <summary>Computes the gradients that were asked for, from that of a value, after <see cref="Forward"/>.</summary>
    /// <param name="value">Which value.</param>
    /// <param name="gradient">(count, C, H, W) of that value.</param>
    public abstract void Backward(int value, ReadOnlySpan<float> gradient);

    /// <summary>Forward, loss and backward of (count, C, H, W), after <see cref="SetTargets"/>.</summary>
    public abstract void Step(ReadOnlySpan<float> input, int count);

    /// <summary>Keeps targets and loss for the coming step; returns the sum of the samples' weights.</summary>
    public double SetTargets(ReadOnlySpan<float> targets, int count, Loss loss)
    {
        targets.CopyTo(_targets.Span);
        int classes = OutputShape.Length;
        double weight = 0;
        for (int n = 0; n < count; n++)
            weight += loss.Weight(targets.Slice(n * classes, classes));
        Loss = loss;
        LossScale = (float)(1 / weight);
        return weight;
    }

    /// <summary>Reads a value that is kept, or its gradient: (count, C, H, W) of the node by whose name it was asked for.</summary>
    /// <param name="node">The node, −1 for the network's input.</param>
    /// <param name="gradient">Whether the gradient is read.</param>
    /// <param name="destination">Where to.</param>
    public abstract void Read(int node, bool gradient, Span<float> destination);

    /// <summary>The groups that run for a value; null if it is the output, for which all do.</summary>
    protected HashSet<FusionGroup>? ChosenFor(int value) => value == Graph.Output ? null : Graph.AncestorsOf(value);

    /// <summary>Packs the parameters again if any may have changed.</summary>
    protected void PackIfChanged()
    {
        long version = 0;
        IReadOnlyList<Parameter> parameters = Graph.Network.Parameters;
        for (int i = 0; i < parameters.Count; i++)
            version += parameters[i].Value.Version;
        if (version == _packedVersion)
            return;
        Pack();
        _packedVersion = version;
    }

    /// <summary>Brings the parameters into the form that operators work with, where that is another than their own.</summary>
    protected virtual void Pack() { }

    /// <summary>The loss of some samples and its gradient, from the outputs.</summary>
    protected void EvaluateLoss(int first, int count)
    {
        int outputs = OutputShape.Length;
        Loss!.Evaluate(
            Outputs.Span.Slice(first * outputs, count * outputs), Targets.Slice(first * outputs, count * outputs), outputs,
            LossScale, Losses.Span.Slice(first, count), OutputGradients.Span.Slice(first * outputs, count * outputs));
    }
}
