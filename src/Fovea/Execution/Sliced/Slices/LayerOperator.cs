namespace Fovea.Execution;

/// <summary>
/// What runs a user's layer, made when a network is compiled, for one input shape: forward above backward. It works on one
/// slice of the batch at a time, 1 or 16 samples that lie side by side at every element: (elements, <see cref="Lanes"/>), so
/// that what is done to every element needs no care for samples at all. Several threads run one operator at once, on different
/// slices: it writes to nothing but what the <see cref="Slice"/> hands it, allocates nothing, and adds up in one order.
/// </summary>
public abstract class LayerOperator
{
    /// <summary>Made for a node.</summary>
    /// <param name="context">The node, the shapes and how the plan runs.</param>
    protected LayerOperator(OperatorContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
    }

    /// <summary>The node, the shapes and how the plan runs.</summary>
    protected OperatorContext Context { get; }

    /// <summary>How many samples lie side by side at every element: 1 or 16.</summary>
    protected int Lanes => Context.Lanes;

    /// <summary>How the work is done, in a few words, for <see cref="Plan.Describe"/>.</summary>
    public virtual string Algorithm => "a layer of your own";

    /// <summary>Floats that one call may use and forget, see <see cref="Slice.Scratch"/>.</summary>
    public virtual int ScratchLength => 0;

    /// <summary>Floats that a slice keeps from forward to backward, see <see cref="Slice.State"/>.</summary>
    public virtual int StateLength => 0;

    /// <summary>Computes the slice's output from its inputs. All lanes, those without a sample as well, must come out finite.</summary>
    /// <param name="slice">The samples.</param>
    public abstract void Forward(in Slice slice);

    /// <summary>
    /// Adds to the parameters' gradients that are wanted, and overwrites the input gradients that are wanted. Lanes past the
    /// slice's count have zero output gradients and must get zero input gradients.
    /// </summary>
    /// <param name="slice">The same samples, their input and output as forward left them.</param>
    public abstract void Backward(in Slice slice);
}
