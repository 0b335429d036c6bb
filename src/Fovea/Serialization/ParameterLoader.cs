using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Serialization;

/// <summary>Fills parameters from tensors of the same names.</summary>
internal static class ParameterLoader
{
    private const int MaxListed = 5;

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
    public static void Fill(Network network, SafeTensors tensors, Func<string, bool> ignore, Action<StoredTensor, Parameter>? copy = null)
    {
        var names = network.Parameters.Select(parameter => parameter.Name).ToHashSet();
        List<string> missing = [.. network.Parameters.Where(parameter => tensors.Find(parameter.Name) is null).Select(parameter => parameter.Name)];
        List<string> unexpected = [.. tensors.Tensors.Select(tensor => tensor.Name).Where(name => !names.Contains(name) && !IsCounter(name) && !ignore(name))];
        List<string> misshaped = [.. network.Parameters
            .Where(parameter => tensors.Find(parameter.Name) is { } tensor && !tensor.HasShape(parameter.Spec.Shape))
            .Select(parameter => $"{parameter.Name} {Printable.Shorten(tensors.Find(parameter.Name)!.ShapeText, 100)} instead of {parameter.Spec.Shape}")];
        string[] complaints = [.. new[] { Complaint("missing", missing), Complaint("unexpected", unexpected), Complaint("of another shape", misshaped) }.OfType<string>()];
        if (complaints.Length > 0)
            throw new ModelFormatException($"the tensors are not those of network '{network.Name}': {string.Join("; ", complaints)}");
        copy ??= static (tensor, parameter) => tensor.CopyTo(parameter.Value.Span);
        foreach (Parameter parameter in network.Parameters)
            copy(tensors.Find(parameter.Name)!, parameter);
    }

    private static string? Complaint(string what, List<string> names) => names.Count == 0
        ? null
        : $"{what} {string.Join(", ", names.Take(MaxListed).Select(name => Printable.Shorten(name, 200)))}{(names.Count > MaxListed ? $" and {names.Count - MaxListed} more" : "")}";
}
