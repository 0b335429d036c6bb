namespace Fovea.Execution.Sliced;

/// <summary>
/// What runs a layer: forward above backward. An operator works on one slice of the batch at a time, several slices at
/// once on several threads, so it writes to nothing but what the <see cref="Slice"/> hands it.
/// <para>
/// A layer that must see the whole batch before it can finish (batch normalisation) makes several passes: the plan runs
/// pass 0 over all slices, then calls Combine once, then runs pass 1.
/// </para>
/// </summary>
internal abstract class Operator(OperatorContext context)
{
    public OperatorContext Context { get; } = context;

    /// <summary>How the work is done, in a few words.</summary>
    public virtual string Algorithm => "one pass";

    /// <summary>Floats that one call may use and forget; every thread has its own.</summary>
    public virtual int ScratchLength => 0;

    /// <summary>Floats a slice keeps from forward to backward.</summary>
    public virtual int StateLength => 0;

    /// <summary>
    /// The parameter whose gradient is computed when all slices are through, from the traces that their backward left;
    /// null if every slice adds its own share.
    /// </summary>
    public virtual int? DeferredParameter => null;

    /// <summary>Floats that a slice's backward leaves for <see cref="DeferredGradient"/>.</summary>
    public virtual int TraceLength => 0;

    /// <summary>Parts of the deferred gradient that can be computed independently.</summary>
    public virtual int DeferredTasks => 0;

    public virtual int ForwardPasses => 1;

    public virtual int BackwardPasses => 1;

    /// <summary>Computes the slice's output from its inputs.</summary>
    public abstract void Forward(in Slice slice, int pass);

    /// <summary>
    /// Adds to the parameters' gradients, and overwrites the input gradients that are wanted. Lanes past the slice's
    /// count have zero output gradients and must get zero input gradients.
    /// </summary>
    public abstract void Backward(in Slice slice, int pass);

    /// <summary>Runs once between two forward passes, when all slices are through the first.</summary>
    /// <param name="pass">The pass that ended.</param>
    /// <param name="count">Samples in the batch.</param>
    public virtual void CombineForward(int pass, int count) { }

    /// <summary>Runs once between two backward passes, when all slices are through the first.</summary>
    public virtual void CombineBackward(int pass, int count) { }

    /// <summary>Overwrites one part of the gradient of <see cref="DeferredParameter"/>.</summary>
    /// <param name="task">The part, below <see cref="DeferredTasks"/>.</param>
    /// <param name="traces">What all slices left, one after the other.</param>
    /// <param name="gradient">The parameter's gradient.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats.</param>
    public virtual void DeferredGradient(int task, ReadOnlySpan<float> traces, Span<float> gradient, Span<float> scratch) { }
}
