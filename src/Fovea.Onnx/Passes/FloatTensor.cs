using System.Runtime.InteropServices;
using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Passes;

/// <summary>Floats that a pass has computed as a tensor.</summary>
internal static class FloatTensor
{
    public static OnnxTensor Of(ReadOnlySpan<int> dimensions, ReadOnlySpan<float> values) =>
        new(OnnxElementType.Float, dimensions, MemoryMarshal.AsBytes(values).ToArray());
}
