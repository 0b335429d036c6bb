using System.Numerics.Tensors;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Passes;

/// <summary>Copies elements of any type as float32, straight from the file where that has halves or floats.</summary>
internal static class FloatCopy
{
    public static void To(OnnxTensor tensor, Span<float> target)
    {
        switch (tensor.ElementType)
        {
            case OnnxElementType.Float:
                tensor.Values<float>().CopyTo(target);
                break;
            case OnnxElementType.Float16:
                TensorPrimitives.ConvertToSingle(tensor.Values<Half>(), target);
                break;
            default:
                double[] values = tensor.ElementType.IsFloat() ? Elements.ToDoubles(tensor) : [.. Elements.ToLongs(tensor).Select(value => (double)value)];
                TensorPrimitives.ConvertTruncating<double, float>(values, target);
                break;
        }
    }

    /// <summary>The elements as floats of their own.</summary>
    public static float[] Of(OnnxTensor tensor)
    {
        var values = new float[tensor.Count];
        To(tensor, values);
        return values;
    }
}
