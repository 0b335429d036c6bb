using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;
using Fovea.Onnx.Operators.Families;
using Fovea.Serialization;

namespace Fovea.Onnx.Operators;

/// <summary>All operators that are known, by domain and name, each with its versions.</summary>
internal static class OperatorTable
{
    /// <summary>The newest operator set whose operators are known.</summary>
    public const int NewestOpset = 27;

    /// <summary>The oldest operator set that is read.</summary>
    public const int OldestOpset = 7;

    private static readonly Dictionary<(string Domain, string Name), OperatorDefinition[]> Table =
        ((IEnumerable<IEnumerable<OperatorDefinition>>)
        [
            Arithmetic.Definitions, Logic.Definitions, Functions.Definitions, Activations.Definitions, Casting.Definitions, Shapes.Definitions,
            Movements.Definitions, Padding.Definitions, Joining.Definitions, Gathering.Definitions, Scattering.Definitions,
            Reductions.Definitions, Ranking.Definitions, Softmaxes.Definitions,
            Products.Definitions, Convolutions.Definitions, Pooling.Definitions, Normalizations.Definitions,
            Resizing.Definitions, Sampling.Definitions, Quantizing.Definitions, Dropping.Definitions, Attention.Definitions,
        ])
        .SelectMany(family => family)
        // By one text: groups by two would be compiled anew in every process that reads a file.
        .GroupBy(definition => $"{definition.Domain}:{definition.Name}")
        .ToDictionary(versions => (versions.First().Domain, versions.First().Name), versions => versions.OrderBy(version => version.Since).ToArray());

    /// <summary>Every definition, for documentation and tests.</summary>
    public static IEnumerable<OperatorDefinition> All => Table.Values.SelectMany(versions => versions);

    /// <summary>The names of a domain's operators, sorted.</summary>
    public static IEnumerable<string> Names(string domain) =>
        Table.Keys.Where(key => key.Domain == domain).Select(key => key.Name).Order(StringComparer.Ordinal);

    /// <summary>Whether some version of the operator is known.</summary>
    public static bool Knows(string domain, string name) => Table.ContainsKey((domain, name));

    /// <summary>The definition that applies: the highest that is not above the file's operator set.</summary>
    /// <param name="node">The node.</param>
    /// <param name="opset">The file's operator set of the node's domain. One newer than all that is known means the newest known.</param>
    /// <exception cref="ModelFormatException">No such operator is known, or it came with a later set.</exception>
    public static OperatorDefinition Find(OnnxNode node, long opset)
    {
        string name = Printable.Shorten(node.Operator, 80);
        if (!Table.TryGetValue((node.Domain, node.Operator), out OperatorDefinition[]? versions))
            throw new ModelFormatException(
                $"node {node.Label}: operator {name} of {DomainName(node.Domain)} (version {opset}) is not supported"
                + $"{Nearest.Question(name, Table.Keys.Select(key => key.Name))}; {Supported(node.Domain)}");
        if (node.Domain.Length == 0 && opset < OldestOpset)
            throw new ModelFormatException($"node {node.Label}: operator {name} is of operator set {opset}; sets {OldestOpset} and newer are read");
        return Array.FindLast(versions, version => version.Since <= opset)
            ?? throw new ModelFormatException($"node {node.Label}: operator {name} came with operator set {versions[0].Since}, but the file is of set {opset}");
    }

    private static string DomainName(string domain) => domain.Length == 0 ? "ai.onnx" : $"domain {Printable.Quote(domain)}";

    private static string Supported(string domain)
    {
        int count = Names(domain).Count();
        return count > 0
            ? $"{count} operators of {DomainName(domain)} are, which docs/onnx.md lists"
            : $"operators of ai.onnx are, and functions that the file itself defines";
    }
}
