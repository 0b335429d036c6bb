using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// The description of one step of a network: its hyper-parameters, what shape it makes of which, and the parameters
/// it wants. Immutable and without activations or weights: a network holds the weights and a plan
/// holds all that changes while running, so that one description serves many threads.
/// </summary>
public abstract record Layer
{
    /// <summary>How many inputs the layer takes; null for any number from two (<c>Add</c>, <c>Concat</c>), 0 for a <see cref="ConstantTensor"/>.</summary>
    public virtual int? InputCount => 1;

    /// <summary>The shape of one output sample, from that of one input sample.</summary>
    /// <param name="inputs">The shape of one sample of every input: (C, H, W), (C, L), (F) or any other.</param>
    /// <exception cref="ShapeException">The layer cannot take this input; the message says what it would take.</exception>
    public abstract Shape OutputShape(params ReadOnlySpan<Shape> inputs);

    /// <summary><see cref="OutputShape"/>, where shapes too large are among those that cannot be.</summary>
    /// <exception cref="ShapeException">The layer cannot take this input.</exception>
    internal Shape InferShape(Shape[] inputs)
    {
        try
        {
            return OutputShape(inputs);
        }
        catch (OverflowException error)
        {
            throw new ShapeException($"its output would have more than {int.MaxValue} elements", error);
        }
        catch (ArgumentException error) when (error is not ShapeException)
        {
            throw new ShapeException(error.Message, error);
        }
    }

    /// <summary>The parameters of the layer in the order of PyTorch, empty for most.</summary>
    public virtual IReadOnlyList<ParameterSpec> Parameters => [];

    /// <summary>Multiply-adds for one sample; 0 for layers that multiply no weights.</summary>
    public virtual long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => 0;

    /// <summary>The layer that engines run instead, with the same parameters in the same order: one of sequences is one of maps with one row.</summary>
    internal virtual Layer Lowered => this;

    /// <summary>Throws if the input is not (C, H, W); returns it otherwise.</summary>
    protected internal Shape RequireMaps(Shape input) =>
        input.IsMaps ? input : throw new ShapeException($"{GetType().Name} takes feature maps (C, H, W), got {input}");

    /// <summary>Throws if the input is not (C, L); returns it otherwise.</summary>
    internal Shape RequireSequence(Shape input) =>
        input.Rank == 2 ? input : throw new ShapeException($"{GetType().Name} takes a sequence (C, L), got {input}");

    /// <summary>Throws if the input has another number of channels, or features; returns it otherwise.</summary>
    protected Shape RequireChannels(Shape input, int channels) =>
        input.Channels == channels ? input : throw new ShapeException($"{GetType().Name} takes {channels} channels, got {input}");
}

/// <summary>Shapes do not fit together; the message names the layer or node and both shapes.</summary>
public sealed class ShapeException : ArgumentException
{
    /// <summary>With the message that names both shapes.</summary>
    public ShapeException(string message) : base(message) { }

    /// <summary>With the message and the error that led here.</summary>
    public ShapeException(string message, Exception inner) : base(message, inner) { }

    /// <summary>With a general message.</summary>
    public ShapeException() : base("shapes do not fit together") { }
}
