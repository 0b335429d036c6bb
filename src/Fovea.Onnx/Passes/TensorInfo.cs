using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Passes;

/// <summary>What is known of a value before it is computed.</summary>
/// <param name="ElementType">The type of its elements.</param>
/// <param name="Dimensions">Its sizes, all of them known.</param>
internal sealed record TensorInfo(OnnxElementType ElementType, int[] Dimensions)
{
    public int Rank => Dimensions.Length;

    public static TensorInfo Of(OnnxTensor tensor) => new(FloatTypes.Of(tensor.ElementType), tensor.Dimensions.ToArray());

    public override string ToString() => $"{ElementType} ({string.Join(", ", Dimensions)})";
}
