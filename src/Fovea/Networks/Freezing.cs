using System.IO.Enumeration;

namespace Fovea.Networks;

/// <summary>Layers that training leaves as they are.</summary>
public static class Freezing
{
    /// <summary>
    /// Freezes all parameters of nodes: no update, no decay, and batch normalisation keeps to its running statistics, as
    /// in use. To be called before plans for training are compiled.
    /// </summary>
    /// <param name="network">Whose nodes.</param>
    /// <param name="names">Nodes' names; a * stands for any text, as in <c>layer1.*</c>.</param>
    /// <returns>The nodes that are frozen now and were not before.</returns>
    /// <exception cref="ArgumentException">No node with parameters has such a name, or nothing is left to learn.</exception>
    public static IReadOnlyList<Node> Freeze(this Network network, params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(names);
        Node[] candidates = [.. network.Nodes.Where(node => node.Parameters.Count > 0)];
        var chosen = new HashSet<Node>();
        foreach (string name in names)
        {
            Node[] meant = [.. candidates.Where(node => FileSystemName.MatchesSimpleExpression(name, node.Name, ignoreCase: false))];
            if (meant.Length == 0)
                throw new ArgumentException($"no layer with parameters is named '{name}'{Nearest.Question(name, candidates.Select(node => node.Name))}; there are {string.Join(", ", candidates.Select(node => node.Name))}");
            chosen.UnionWith(meant);
        }
        if (candidates.All(node => chosen.Contains(node) || !node.Parameters.Any(parameter => parameter.Learns)))
            throw new ArgumentException($"with all layers of '{network.Name}' frozen nothing is left to learn; leave out the last one");
        Node[] changed = [.. candidates.Where(node => chosen.Contains(node) && node.Parameters.Any(parameter => !parameter.IsFrozen))];
        foreach (Node node in changed)
            foreach (Parameter parameter in node.Parameters)
                parameter.IsFrozen = true;
        return changed;
    }
}
