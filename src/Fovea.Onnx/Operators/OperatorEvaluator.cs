using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;
using Fovea.Serialization;

namespace Fovea.Onnx.Operators;

/// <summary>Works out single nodes in plain C#, for every element type, exactly as ONNX defines them.</summary>
internal static class OperatorEvaluator
{
    /// <summary>The outputs of a node.</summary>
    /// <param name="node">The node. Its attributes have values of their own: those of functions are put in before.</param>
    /// <param name="opset">The file's operator set of the node's domain.</param>
    /// <param name="inputs">The values of the node's inputs in order; null for those left out.</param>
    /// <param name="limits">What it may cost; <see cref="EvaluationLimits.Default"/> if null.</param>
    /// <returns>One tensor for every output of the node; null for outputs that nobody reads and that were not made.</returns>
    /// <exception cref="ModelFormatException">
    /// The operator, an attribute or a type is not supported, the inputs do not fit it, or it costs too much. One line
    /// that names the node.
    /// </exception>
    public static OnnxTensor?[] Evaluate(OnnxNode node, long opset, IReadOnlyList<OnnxTensor?> inputs, EvaluationLimits? limits = null)
    {
        OperatorDefinition definition = OperatorTable.Find(node, opset);
        var call = new OperatorCall(definition, node, inputs, limits ?? EvaluationLimits.Default);
        call.CheckSignature();
        try
        {
            OnnxTensor?[] outputs = definition.Run(call);
            return outputs.Length == node.Outputs.Count ? outputs : [.. outputs.Take(node.Outputs.Count)];
        }
        catch (OverflowException error)
        {
            throw new ModelFormatException(call.Error("its sizes are too large").Message, error);
        }
    }
}
