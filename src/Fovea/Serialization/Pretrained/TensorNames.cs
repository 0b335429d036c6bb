using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Serialization.Pretrained;

/// <summary>Finds which tensor of a file is which parameter of a network.</summary>
internal sealed class TensorNames
{
    private TensorNames(Dictionary<string, StoredTensor> tensors) => Tensors = tensors;

    /// <summary>The file's tensors by the network's names, as far as they are found; the others by their own.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; private init; }

    /// <summary>What stood before every name.</summary>
    public string Prefix { get; private init; } = "";

    /// <summary>A pair of names if the tensors were taken in order.</summary>
    public (string File, string Network)? InOrder { get; private init; }

    public static TensorNames Match(Network network, StateDict weights)
    {
        List<StoredTensor> tensors = [.. weights.Tensors.Where(tensor => !ParameterLoader.IsCounter(tensor.Name))];
        string prefix = CommonPrefix(network, tensors);
        var byName = tensors.ToDictionary(tensor => tensor.Name[prefix.Length..]);
        bool known = network.Parameters.Any(parameter => byName.ContainsKey(parameter.Name));
        if (!known && InSameOrder(network, tensors))
            return new TensorNames(network.Parameters.Zip(tensors).ToDictionary(pair => pair.First.Name, pair => Fit(pair.Second, pair.First.Spec.Shape)))
            {
                InOrder = (tensors[0].Name, network.Parameters[0].Name),
            };
        foreach (Parameter parameter in network.Parameters)
            if (byName.TryGetValue(parameter.Name, out StoredTensor? tensor))
                byName[parameter.Name] = Fit(tensor, parameter.Spec.Shape);
        return new TensorNames(byName) { Prefix = prefix };
    }

    /// <summary>The parts before every name that no name of the network begins with: what wrapped the network when it was saved.</summary>
    private static string CommonPrefix(Network network, List<StoredTensor> tensors)
    {
        string prefix = "";
        while (tensors.Count > 0 && tensors[0].Name.IndexOf('.', prefix.Length) is var dot and >= 0)
        {
            string longer = tensors[0].Name[..(dot + 1)], part = longer[prefix.Length..];
            if (!tensors.All(tensor => tensor.Name.StartsWith(longer, StringComparison.Ordinal)) || network.Parameters.Any(parameter => parameter.Name.StartsWith(part, StringComparison.Ordinal)))
                break;
            prefix = longer;
        }
        return prefix;
    }

    /// <summary>
    /// Whether the file lists the network's parameters one for one under other names: every one of the same kind (weight,
    /// bias, mean, variance) and shape as the parameter at its place. Both list them as the layers follow each other.
    /// The last layer may be for other classes.
    /// </summary>
    private static bool InSameOrder(Network network, List<StoredTensor> tensors)
    {
        Node head = network.Nodes.Last(node => node.Parameters.Count > 0);
        return network.Parameters.Count == tensors.Count && network.Parameters.Zip(tensors).All(pair =>
            Kind(pair.First.Name) == Kind(pair.Second.Name)
            && (Fit(pair.Second, pair.First.Spec.Shape).HasShape(pair.First.Spec.Shape) || head.Parameters.Contains(pair.First)));

        static string Kind(string name) => name[(name.LastIndexOf('.') + 1)..];
    }

    /// <summary>
    /// A tensor under the shape of its parameter, where both mean the same: a fully connected layer is a convolution over
    /// all of its input, and trailing sizes of 1 say nothing. The first size, which may be the number of classes, stays.
    /// </summary>
    private static StoredTensor Fit(StoredTensor tensor, Shape shape) =>
        tensor.Shape is [> 0 and var outputs, ..] && shape.Rank > 0 && tensor.Shape.Length != shape.Rank && tensor.Length / outputs == shape.Length / shape[0]
            ? tensor.Reshape([outputs, .. shape.ToArray().Skip(1).Select(size => (long)size)])
            : tensor;
}
