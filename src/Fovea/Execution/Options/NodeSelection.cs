using System.Collections;
using System.Runtime.CompilerServices;
using Fovea.Networks;

namespace Fovea.Execution;

/// <summary>
/// Some nodes of a network, by name: <c>["conv1", "relu2"]</c>, <see cref="All"/> or <see cref="None"/>. The network's input
/// is called <c>input</c>.
/// </summary>
[CollectionBuilder(typeof(NodeSelection), nameof(Of))]
public sealed class NodeSelection : IEnumerable<string>
{
    private readonly string[] _names;

    private NodeSelection(string[] names, bool isAll)
    {
        _names = names;
        IsAll = isAll;
    }

    /// <summary>No node.</summary>
    public static NodeSelection None { get; } = new([], isAll: false);

    /// <summary>Every node, and the input.</summary>
    public static NodeSelection All { get; } = new([], isAll: true);

    /// <summary>Whether every node is selected.</summary>
    public bool IsAll { get; }

    /// <summary>Whether no node is selected.</summary>
    public bool IsEmpty => !IsAll && _names.Length == 0;

    /// <summary>The nodes of these names.</summary>
    public static NodeSelection Of(params ReadOnlySpan<string> names) => names.IsEmpty ? None : new([.. names], isAll: false);

    /// <summary>The names; none if every node is selected.</summary>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_names).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => IsAll ? "all nodes" : IsEmpty ? "no node" : string.Join(", ", _names);

    /// <summary>The nodes' numbers in a network, −1 for its input.</summary>
    /// <exception cref="KeyNotFoundException">The network has no node of a name; the message lists those there are.</exception>
    internal HashSet<int> NumbersIn(Network network) => IsAll
        ? [.. Enumerable.Range(-1, network.Nodes.Count + 1)]
        : [.. _names.Select(name => name == NetworkBuilder.Input ? -1 : network.IndexOf(name))];
}
