using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Graph;

/// <summary>The shape of one sample of every node's output.</summary>
internal static class ShapeInference
{
    /// <summary>The input's shape first, then every node's.</summary>
    /// <exception cref="ShapeException">A layer cannot take its input; the message names the node and the shapes.</exception>
    public static Shape[] Run(Network network, Shape inputShape)
    {
        var shapes = new Shape[network.Nodes.Count + 1];
        shapes[0] = inputShape;
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            Node node = network.Nodes[i];
            Shape[] inputs = [.. node.Inputs.Select(input => shapes[input + 1])];
            try
            {
                shapes[i + 1] = node.Layer.InferShape(inputs);
            }
            catch (ShapeException error)
            {
                throw new ShapeException($"network '{network.Name}' cannot take {inputShape}: node '{node.Name}' got {string.Join(" and ", inputs)}: {error.Message}", error);
            }
        }
        return shapes;
    }
}
