using Fovea.Losses;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>
/// Runs a compiled network over a batch, and holds what its caller sees of a run. The ways to run differ in how numbers
/// lie in memory and in which order the work is done.
/// </summary>
internal abstract class Runner
{
    private readonly AlignedBuffer _targets;

    /// <param name="options">How to run.</param>
    /// <param name="inputShape">The shape of one input sample.</param>
    /// <param name="outputShape">The shape of one output sample.</param>
    protected Runner(PlanOptions options, Shape inputShape, Shape outputShape)
    {
        Options = options;
        InputShape = inputShape;
        OutputShape = outputShape;
        bool training = options.Mode == PlanMode.Training;
        int outputs = checked(options.Batch * outputShape.Length);
        Outputs = new AlignedBuffer(outputs);
        OutputGradients = new AlignedBuffer(training ? outputs : 0);
        _targets = new AlignedBuffer(training ? outputs : 0);
        Losses = new AlignedBuffer(training ? options.Batch : 0);
        InputGradient = new AlignedBuffer(training && options.InputGradient ? checked(options.Batch * inputShape.Length) : 0);
    }

    public PlanOptions Options { get; }

    public Shape InputShape { get; }

    public Shape OutputShape { get; }

    /// <summary>How many samples the last run had.</summary>
    public int Count { get; protected set; }

    /// <summary>How many training steps came before; it names random streams.</summary>
    public ulong StepCount { get; set; }

    /// <summary>(batch, outputs).</summary>
    public AlignedBuffer Outputs { get; }

    /// <summary>(batch, outputs).</summary>
    public AlignedBuffer OutputGradients { get; }

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

    /// <summary>Computes the outputs of (count, C, H, W).</summary>
    public abstract void Forward(ReadOnlySpan<float> input, int count);

    /// <summary>Computes the parameters' gradients from <see cref="OutputGradients"/>.</summary>
    public abstract void Backward();

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

    /// <summary>A node's activations, or their gradients, in the last run: (count, C, H, W); −1 is the network's input.</summary>
    public abstract Tensor Read(int node, bool gradient);

    /// <summary>Reads the network's parameters anew, where the runner keeps copies of them.</summary>
    public virtual void Refresh() { }

    /// <summary>The loss of some samples and its gradient, from the outputs.</summary>
    protected void EvaluateLoss(int first, int count)
    {
        int outputs = OutputShape.Length;
        Loss!.Evaluate(
            Outputs.Span.Slice(first * outputs, count * outputs), Targets.Slice(first * outputs, count * outputs), outputs,
            LossScale, Losses.Span.Slice(first, count), OutputGradients.Span.Slice(first * outputs, count * outputs));
    }
}
