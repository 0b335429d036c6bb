using Fovea.Tensors;

namespace Fovea.Onnx.Lowering.Calls;

/// <summary>A value where it lies in the network: the node that makes it, and the shape of one sample.</summary>
internal readonly record struct Form(string Node, Shape Shape)
{
    /// <summary>
    /// The shape under which a network holds a tensor of these sizes: a first dimension of 1 is the sample's place in a batch,
    /// or means nothing, and is left out.
    /// </summary>
    public static Shape Of(ReadOnlySpan<int> dimensions) => new(HasBatch(dimensions) ? dimensions[1..] : dimensions);

    /// <summary>Whether the first dimension is left out.</summary>
    public static bool HasBatch(ReadOnlySpan<int> dimensions) => dimensions.Length > 1 && dimensions[0] == 1;
}
