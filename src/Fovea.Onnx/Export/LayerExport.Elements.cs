using Fovea.Layers;
using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Tensors;

namespace Fovea.Onnx.Export;

/// <summary>What is done to every element, to pairs of them and to rows of them.</summary>
internal sealed partial class LayerExport
{
    // e^-20 changes no float next to 20.
    private const double FarRight = 20;

    private string Activate(Node node, Activation activation, Value input)
    {
        string x = input.Name;
        return activation switch
        {
            ReLU => graph.Add("Relu", [x]),
            ReLU6 => Clip(x, 0, 6),
            Clamp clamp => Clip(x, clamp.Min, clamp.Max),
            LeakyReLU leaky => graph.Add("LeakyRelu", [x], OnnxAttribute.Of("alpha", (float)leaky.NegativeSlope)),
            PReLU leaky => graph.Add("PRelu", [x, leaky.NumParameters == 1 ? graph.Parameter(node.Parameters[0]) : graph.Parameter(node.Parameters[0], PerChannel(input.Shape))]),
            Sigmoid => graph.Add("Sigmoid", [x]),
            Tanh => graph.Add("Tanh", [x]),
            ScaledTanh => Scale(graph.Add("Tanh", [Scale(x, "slope", 2.0 / 3)]), "amplitude", 1.7159),
            GELU => Gelu(x),
            SiLU => graph.Add("Mul", [x, graph.Add("Sigmoid", [x])]),
            HardSigmoid => graph.Add("HardSigmoid", [x], OnnxAttribute.Of("alpha", 1f / 6), OnnxAttribute.Of("beta", 0.5f)),
            HardSwish => graph.Add("HardSwish", [x]),
            ELU elu => graph.Add("Elu", [x], OnnxAttribute.Of("alpha", (float)elu.Alpha)),
            SELU => graph.Add("Selu", [x]),
            Mish => graph.Add("Mul", [x, graph.Add("Tanh", [graph.Add("Softplus", [x])])]),
            Softplus softplus => SmoothRectify(softplus, x),
            _ => throw new NotSupportedException($"node {Printable.Quote(node.Name)} is a {activation.GetType().Name}, for which there is no ONNX operator here"),
        };
    }

    private string Clip(string x, double min, double max) => graph.Add("Clip", [x, graph.Number("min", min), graph.Number("max", max)]);

    private string Scale(string x, string name, double factor) => factor == 1 ? x : graph.Add("Mul", [x, graph.Number(name, factor)]);

    private string Gelu(string x)
    {
        string share = graph.Add("Add", [graph.Add("Erf", [graph.Add("Div", [x, graph.Number("sqrt2", Math.Sqrt(2))])]), graph.Number("one", 1)]);
        return Scale(graph.Add("Mul", [x, share]), "half", 0.5);
    }

    private string SmoothRectify(Softplus softplus, string x)
    {
        string scaled = Scale(x, "beta", softplus.Beta);
        string smooth = Scale(graph.Add("Softplus", [scaled]), "inverse", 1 / softplus.Beta);
        return softplus.Threshold >= FarRight
            ? smooth
            : graph.Add("Where", [graph.Add("Greater", [scaled, graph.Number("threshold", softplus.Threshold)]), x, smooth]);
    }

    private string Distribute(Softmax softmax, Value input)
    {
        if (input.Shape.Rank > 0)
            return graph.Add("Softmax", [input.Name], OnnxAttribute.Of("axis", softmax.AxisOf(input.Shape).Dimension + 1L));
        string row = InShape(input.Name, new Shape(1));
        return InShape(graph.Add("Softmax", [row], OnnxAttribute.Of("axis", 1L)), input.Shape);
    }

    /// <summary>−Σ (x − centre)², for every centre.</summary>
    private string Distances(Node node, Value input)
    {
        string difference = graph.Add("Sub", [InShape(input.Name, new Shape(1, input.Shape.Length)), graph.Parameter(node.Parameters[0])]);
        string sum = graph.Add("ReduceSum", [graph.Add("Mul", [difference, difference]), graph.Longs("axes", 2)], OnnxAttribute.Of("keepdims", 0L));
        return graph.Add("Neg", [sum]);
    }

    private string Combine(Arithmetic layer, Value[] inputs, Shape output)
    {
        string type = layer switch
        {
            Add => "Add",
            Subtract => "Sub",
            Layers.Multiply => "Mul",
            Divide => "Div",
            Minimum => "Min",
            Maximum => "Max",
            _ => throw new NotSupportedException($"{layer.GetType().Name} has no ONNX operator here"),
        };
        string result = Lift(inputs[0], output.Rank);
        foreach (Value input in inputs[1..])
            result = graph.Add(type, [result, Lift(input, output.Rank)]);
        return result;
    }

    /// <summary>Ones behind the batch, so that shapes of samples stay aligned at the last dimension.</summary>
    private string Lift(Value value, int rank) => value.Shape.Rank >= rank
        ? value.Name
        : InShape(value.Name, new Shape([.. Enumerable.Repeat(1, rank - value.Shape.Rank), .. value.Shape.ToArray()]));

    /// <summary>A vector is a row on the left and a column on the right.</summary>
    private string Multiply(Value left, Value right, Shape output)
    {
        if (left.Shape.Rank == 1)
            left = Reshaped(left, new Shape(1, left.Shape.Length));
        if (right.Shape.Rank == 1)
            right = Reshaped(right, new Shape(right.Shape.Length, 1));
        int rank = Math.Max(left.Shape.Rank, right.Shape.Rank);
        string product = graph.Add("MatMul", [Lift(left, rank), Lift(right, rank)]);
        return output.Rank == rank ? product : InShape(product, output);
    }

    private Value Reshaped(Value value, Shape shape) => value with { Name = InShape(value.Name, shape), Shape = shape };
}
