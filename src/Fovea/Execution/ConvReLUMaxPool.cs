using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>
/// A convolution, its ReLU and 2 × 2 max pooling as one layer that only plans know: where nobody can ask for the
/// activations in between, they are never written. The one rule of fusion for samples side by side.
/// </summary>
internal sealed record ConvReLUMaxPool(Conv2d Convolution, MaxPool2d Pooling) : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Pooling.OutputShape(Convolution.OutputShape(inputs));

    /// <summary>
    /// The nodes with every such triple replaced by one node, and the number that each had before: random streams are
    /// named by those.
    /// </summary>
    public static IReadOnlyList<(Node Node, int Index)> Fuse(IReadOnlyList<Node> nodes)
    {
        var readers = nodes.SelectMany(node => node.Inputs).CountBy(input => input).ToDictionary();
        var fused = new List<(Node, int)>();
        int[] places = new int[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            Node node = nodes[i];
            int index = i;
            if (i >= 2 && Follows(i - 1) && Follows(i) && nodes[i - 2].Layer is Conv2d convolution && nodes[i - 1].Layer is ReLU
                && node.Layer is MaxPool2d pooling && Takes(convolution) && Halves(pooling))
            {
                index = i - 2;
                fused.RemoveRange(fused.Count - 2, 2);
                node = new Node(
                    $"{nodes[index].Name}+{nodes[i - 1].Name}+{node.Name}", new ConvReLUMaxPool(convolution, pooling),
                    nodes[index].Inputs, node.OutputShape, nodes[index].Parameters);
            }
            int[] inputs = [.. node.Inputs.Select(input => input < 0 ? input : places[input])];
            places[i] = fused.Count;
            fused.Add((new Node(node.Name, node.Layer, inputs, node.OutputShape, node.Parameters), index));
        }
        return fused;

        // Whether a node reads the one before it, as its only reader.
        bool Follows(int i) => nodes[i].Inputs is [var input] && input == i - 1 && readers[input] == 1;
    }

    /// <summary>Whether these are convolutions that the fused kernels take.</summary>
    private static bool Takes(Conv2d layer)
    {
        int height = (layer.KernelSize.Height - 1) * layer.Dilation.Height, width = (layer.KernelSize.Width - 1) * layer.Dilation.Width;
        Padding padding = layer.Padding;
        return layer.Stride == 1 && (padding.IsSame
            || (Math.Max(padding.Top, padding.Bottom) <= height && Math.Max(padding.Left, padding.Right) <= width));
    }

    private static bool Halves(MaxPool2d layer) =>
        layer.KernelSize == 2 && layer.Stride == 2 && layer.Dilation == 1 && layer.Padding == default(Padding) && !layer.Ceil;
}
