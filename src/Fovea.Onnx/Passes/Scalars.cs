using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Passes;

/// <summary>Constants of one number.</summary>
internal static class Scalars
{
    /// <summary>The number that an input is; null if it is none, or more.</summary>
    public static double? Of(ImportGraph graph, OnnxNode node, int input) =>
        graph.Constant(node, input) is { Count: 1 } constant && constant.ElementType.IsFloat() ? Elements.ToDoubles(constant)[0] : null;
}
