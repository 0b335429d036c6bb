using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Serialization;

/// <summary>Fills parameters from tensors of the same names.</summary>
internal static class ParameterLoader
{
    private const int MaxAlone = 5;
    private const int MaxListed = 20;

    /// <summary>
    /// Whether a tensor is one of those that PyTorch saves with batch normalisation and that mean nothing without a momentum
    /// of its own: how many batches the statistics have seen.
    /// </summary>
    public static bool IsCounter(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="ModelFormatException">It is missing, or has another shape.</exception>
    public static StoredTensor Require(SafeTensors tensors, string name, Shape shape)
    {
        StoredTensor tensor = tensors.Find(name) ?? throw new ModelFormatException($"tensor {Printable.Quote(name)} of shape {shape} is missing");
        return tensor.HasShape(shape)
            ? tensor
            : throw new ModelFormatException($"tensor {Printable.Quote(name)} must have the shape {shape}, got {Printable.Shorten(tensor.ShapeText, 100)}");
    }

    /// <summary>
    /// Fills all of a network's parameters, or none: what is missing, left over or of another shape is listed first.
    /// </summary>
    /// <param name="network">The network to fill.</param>
    /// <param name="tensors">The file.</param>
    /// <param name="ignore">Which tensors may be left over, beside PyTorch's counters.</param>
    /// <param name="copy">How a tensor fills its parameter; as floats unless given.</param>
    /// <exception cref="ModelFormatException">The tensors are not the network's.</exception>
    public static void Fill(Network network, SafeTensors tensors, Func<string, bool> ignore, Action<StoredTensor, Parameter>? copy = null) =>
        Fill(network, network.Parameters, tensors.ByName, ignore, copy);

    /// <summary>Fills some of a network's parameters; see the other.</summary>
    /// <param name="network">The network, for messages.</param>
    /// <param name="parameters">Those of its parameters that are filled.</param>
    /// <param name="tensors">Tensors by the parameters' names.</param>
    /// <param name="ignore">Which tensors may be left over, beside PyTorch's counters.</param>
    /// <param name="copy">How a tensor fills its parameter; as floats unless given.</param>
    /// <exception cref="ModelFormatException">The tensors are not the network's.</exception>
    public static void Fill(Network network, IReadOnlyList<Parameter> parameters, IReadOnlyDictionary<string, StoredTensor> tensors, Func<string, bool> ignore, Action<StoredTensor, Parameter>? copy = null)
    {
        var names = parameters.Select(parameter => parameter.Name).ToHashSet();
        List<string> missing = [.. names.Where(name => !tensors.ContainsKey(name))];
        List<string> unexpected = [.. tensors.Keys.Where(name => !names.Contains(name) && !IsCounter(name) && !ignore(name))];
        List<string> misshaped = [.. parameters
            .Where(parameter => tensors.TryGetValue(parameter.Name, out StoredTensor? tensor) && !tensor.HasShape(parameter.Spec.Shape))
            .Select(parameter => $"{parameter.Name} {Printable.Shorten(tensors[parameter.Name].ShapeText, 100)} instead of {parameter.Spec.Shape}")];
        string[] complaints = [.. new[] { Complaint("missing", Grouped(missing)), Complaint("unexpected", Grouped(unexpected)), Complaint("of another shape", misshaped) }.OfType<string>()];
        if (complaints.Length > 0)
            throw new ModelFormatException($"the tensors are not those of network '{network.Name}': {string.Join("; ", complaints)}");
        copy ??= static (tensor, parameter) => tensor.CopyTo(parameter.Value.Span);
        foreach (Parameter parameter in parameters)
            copy(tensors[parameter.Name], parameter);
    }

    /// <summary>Many names by the layers they belong to: <c>layer1.0.bn1.{weight, bias}</c>.</summary>
    private static List<string> Grouped(List<string> names) => names.Count <= MaxAlone ? names :
        [.. names.GroupBy(name => name[..(name.LastIndexOf('.') + 1)]).Select(layer => layer.Key + (layer.Count() == 1
            ? layer.First()[layer.Key.Length..]
            : $"{{{string.Join(", ", layer.Take(MaxAlone).Select(name => name[layer.Key.Length..]))}{(layer.Count() > MaxAlone ? ", …" : "")}}}"))];

    private static string? Complaint(string what, List<string> names) => names.Count == 0
        ? null
        : $"{what} {string.Join(", ", names.Take(MaxListed).Select(name => Printable.Shorten(name, 200)))}{(names.Count > MaxListed ? $" and {names.Count - MaxListed} more" : "")}";
}
