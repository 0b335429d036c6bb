using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators;
using Fovea.Onnx.Operators.Calls;
using Fovea.Serialization;

namespace Fovea.Onnx.Passes;

/// <summary>Refuses what an operator's version does not have, so that layers need only know the attributes that there are.</summary>
internal static class OperatorSignature
{
    /// <exception cref="ModelFormatException">The operator is not known, or an attribute, or the number of inputs or outputs.</exception>
    public static void Check(ImportGraph graph, OnnxNode node) =>
        new OperatorCall(OperatorTable.Find(node, graph.Opset(node)), node, new OnnxTensor?[node.Inputs.Count], EvaluationLimits.Folding).CheckSignature();
}
