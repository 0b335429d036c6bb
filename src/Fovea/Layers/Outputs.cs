using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// The last node of a network with several outputs: two or more inputs of any shape, their elements one input after the
/// other as a vector. <see cref="Networks.Network.Outputs"/> tells where each lies.
/// </summary>
public sealed record Outputs : Layer
{
    /// <inheritdoc/>
    public override int? InputCount => null;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        int length = 0;
        foreach (Shape input in inputs)
            length = checked(length + input.Length);
        return new Shape(length);
    }
}
