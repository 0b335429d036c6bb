using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks;

/// <summary>One step of a network: a layer with a name and a place in the graph.</summary>
public sealed class Node
{
    internal Node(string name, Layer layer, IReadOnlyList<int> inputs, Shape outputShape, IReadOnlyList<Parameter> parameters)
    {
        Name = name;
        Layer = layer;
        Inputs = inputs;
        OutputShape = outputShape;
        Parameters = parameters;
    }

    /// <summary>The name within the network, the first part of its parameters' names: <c>conv1</c>.</summary>
    public string Name { get; }

    /// <summary>What the step does.</summary>
    public Layer Layer { get; }

    /// <summary>The numbers of the nodes it takes its inputs from, all smaller than its own; −1 is the network's input.</summary>
    public IReadOnlyList<int> Inputs { get; }

    /// <summary>The shape of one output sample, for the network's declared input.</summary>
    public Shape OutputShape { get; }

    /// <summary>The layer's parameters, in its order.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Layer.GetType().Name} → {OutputShape}";
}
