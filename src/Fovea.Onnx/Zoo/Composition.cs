using Fovea.Networks;

namespace Fovea.Onnx.Zoo;

/// <summary>Two networks, one behind the other, as one.</summary>
internal static class Composition
{
    /// <summary>The second network on the outputs of the first; both stay as they are. Names of the second that the first has end in <c>_2</c>.</summary>
    /// <exception cref="ArgumentException">What one gives is not what the other takes.</exception>
    public static Network Of(Network first, Network second)
    {
        if (first.OutputShape != second.InputShape)
            throw new ArgumentException($"network '{first.Name}' gives {first.OutputShape}, and '{second.Name}' takes {second.InputShape}");
        var builder = new NetworkBuilder(first.InputShape);
        HashSet<string> taken = [];
        Append(first, NetworkBuilder.Input);
        Append(second, builder.LastNode);
        Network whole = builder.BuildBlank(second.Name);
        foreach ((Parameter from, Parameter to) in first.Parameters.Concat(second.Parameters).Zip(whole.Parameters))
            from.Value.Values.CopyTo(to.Value.Span);
        return whole;

        void Append(Network network, string input)
        {
            var names = new string[network.Nodes.Count];
            for (int i = 0; i < names.Length; i++)
            {
                Node node = network.Nodes[i];
                names[i] = taken.Add(node.Name) ? node.Name : $"{node.Name}_2";
                builder.Add(node.Layer, names[i], [.. node.Inputs.Select(source => source < 0 ? input : names[source])]);
            }
        }
    }
}
