using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Passes;

/// <summary>
/// Networks compute in float32, whatever float type a file states: halves and doubles are read as floats. Weights are converted when
/// they are copied into a network, not before.
/// </summary>
internal static class FloatTypes
{
    // Attributes that name an element type.
    private static readonly HashSet<string> TypeAttributes = ["to", "dtype"];

    /// <summary>The type that stands for a type.</summary>
    public static OnnxElementType Of(OnnxElementType type) => type.IsFloat() ? OnnxElementType.Float : type;

    /// <summary>The tensor as float32 if it is of a float type.</summary>
    public static OnnxTensor Of(OnnxTensor tensor) => tensor.ElementType == Of(tensor.ElementType)
        ? tensor
        : Elements.FromDoubles(OnnxElementType.Float, tensor.Dimensions, Elements.ToDoubles(tensor));

    /// <summary>The node with float32 where it asks for another float type.</summary>
    public static OnnxNode Of(OnnxNode node) => node.Attributes.Any(IsOther)
        ? node with { Attributes = [.. node.Attributes.Select(attribute => IsOther(attribute) ? OnnxAttribute.Of(attribute.Name, (long)OnnxElementType.Float) : attribute)] }
        : node;

    private static bool IsOther(OnnxAttribute attribute) =>
        TypeAttributes.Contains(attribute.Name) && attribute.Kind == OnnxAttributeKind.Int
        && (OnnxElementType)attribute.Int is OnnxElementType.Double or OnnxElementType.Float16 or OnnxElementType.BFloat16;
}
