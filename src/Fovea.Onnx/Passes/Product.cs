using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Passes;

/// <summary>A product taken apart: a number, and the values that are multiplied.</summary>
internal sealed record Product(double Scale, IReadOnlyList<string> Factors)
{
    private const int MostFactors = 4;

    /// <summary>What a multiplication or division comes to; null if it is no product of a few values and numbers.</summary>
    public static Product? Of(ImportGraph graph, OnnxNode node)
    {
        double scale = 1;
        var factors = new List<string>();
        return Collect(graph, node, ref scale, factors) && factors.Count > 0 ? new Product(scale, factors) : null;
    }

    private static bool Collect(ImportGraph graph, OnnxNode node, ref double scale, List<string> factors)
    {
        if (node.Operator == "Div")
        {
            if (Scalars.Of(graph, node, 1) is not { } divisor || divisor == 0)
                return false;
            scale /= divisor;
            return CollectInput(graph, node, 0, ref scale, factors);
        }
        return CollectInput(graph, node, 0, ref scale, factors) && CollectInput(graph, node, 1, ref scale, factors);
    }

    private static bool CollectInput(ImportGraph graph, OnnxNode node, int input, ref double scale, List<string> factors)
    {
        if (Scalars.Of(graph, node, input) is { } number)
        {
            scale *= number;
            return true;
        }
        string value = node.Inputs[input];
        // What others read as well is a value of its own.
        if (graph.Producer(value) is { Domain: "", Operator: "Mul" or "Div" } inner && graph.Uses(value) == 1)
            return Collect(graph, inner, ref scale, factors);
        factors.Add(value);
        return factors.Count <= MostFactors;
    }
}
