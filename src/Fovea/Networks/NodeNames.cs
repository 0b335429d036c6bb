using System.Runtime.InteropServices;
using Fovea.Layers;

namespace Fovea.Networks;

/// <summary>The names of nodes that are given none: the kind's short name and the first free number, <c>conv1</c>, <c>conv2</c>, <c>relu1</c>.</summary>
/// <param name="isTaken">Whether a node has this name.</param>
internal sealed class NodeNames(Func<string, bool> isTaken)
{
    private readonly Dictionary<string, int> _taken = [];

    /// <summary>The name that a node with this layer gets next.</summary>
    public string Next(Layer layer)
    {
        string kind = layer switch
        {
            Conv2d => "conv",
            Linear => "fc",
            WindowLayer => "pool",
            _ => layer.GetType().Name.ToLowerInvariant(),
        };
        // Names are never given back, so that numbers found taken need not be tried again.
        ref int taken = ref CollectionsMarshal.GetValueRefOrAddDefault(_taken, kind, out _);
        string name;
        while (isTaken(name = $"{kind}{taken + 1}"))
            taken++;
        return name;
    }
}
