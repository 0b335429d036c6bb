using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Files;

/// <summary>
/// Brings nodes into an order in which each comes after those it reads, as ONNX asks for and not every exporter delivers.
/// Values must be given once, and by something.
/// </summary>
internal static class GraphOrder
{
    /// <exception cref="ModelFormatException">There is a cycle, a value that nothing gives, or one that is given twice.</exception>
    public static OnnxGraph Sort(OnnxGraph graph) => Sort(graph, null);

    /// <inheritdoc cref="Sort(OnnxGraph)"/>
    public static OnnxFunction Sort(OnnxFunction function)
    {
        var scope = new Scope(null);
        foreach (string input in function.Inputs)
            scope.Add(input);
        IReadOnlyList<OnnxNode> nodes = Sort(function.Nodes, scope);
        foreach (string output in function.Outputs)
            if (!scope.Knows(output))
                throw new ModelFormatException($"function {Printable.Quote(function.Name)} gives {Printable.Quote(output)}, which none of its nodes makes");
        return ReferenceEquals(nodes, function.Nodes) ? function : function with { Nodes = nodes };
    }

    private static OnnxGraph Sort(OnnxGraph graph, Scope? outer)
    {
        var scope = new Scope(outer);
        foreach (OnnxValue input in graph.Inputs)
            if (!scope.Add(input.Name))
                throw new ModelFormatException($"the graph has two inputs named {Printable.Quote(input.Name)}");
        var initializers = new HashSet<string>();
        foreach (OnnxTensor tensor in graph.Initializers)
        {
            // Before IR 4 every initialiser was an input, too.
            scope.Add(tensor.Name);
            if (!initializers.Add(tensor.Name))
                throw new ModelFormatException($"there are two initialisers named {Printable.Quote(tensor.Name)}");
        }
        IReadOnlyList<OnnxNode> nodes = Sort(graph.Nodes, scope);
        foreach (OnnxValue output in graph.Outputs)
            if (!scope.Knows(output.Name))
                throw new ModelFormatException($"the graph's output {Printable.Quote(output.Name)} is given by nothing in it");
        return ReferenceEquals(nodes, graph.Nodes) ? graph : graph with { Nodes = nodes };
    }

    private static IReadOnlyList<OnnxNode> Sort(IReadOnlyList<OnnxNode> nodes, Scope scope)
    {
        var makers = new Dictionary<string, int>();
        for (int i = 0; i < nodes.Count; i++)
            foreach (string output in nodes[i].Outputs)
                if (output.Length > 0 && (scope.Holds(output) || !makers.TryAdd(output, i)))
                    throw new ModelFormatException($"node {nodes[i].Label} gives {Printable.Quote(output)}, which something else gives as well");
        List<int>[] needs = [.. nodes.Select(node => Needs(node, makers, scope))];
        int[] order = Order(nodes, needs);
        foreach (string made in makers.Keys)
            scope.Add(made);
        var sorted = new OnnxNode[nodes.Count];
        bool changed = false;
        for (int i = 0; i < order.Length; i++)
        {
            sorted[i] = SortWithin(nodes[order[i]], scope);
            changed |= !ReferenceEquals(sorted[i], nodes[i]);
        }
        return changed ? sorted : nodes;
    }

    /// <summary>The nodes that make what a node reads.</summary>
    private static List<int> Needs(OnnxNode node, Dictionary<string, int> makers, Scope scope)
    {
        var needs = new List<int>();
        foreach (string name in node.Inputs.Where(input => input.Length > 0).Concat(node.Attributes.SelectMany(FreeNames)))
            if (makers.TryGetValue(name, out int maker))
                needs.Add(maker);
            else if (!scope.Knows(name))
                throw new ModelFormatException($"node {node.Label} ({Printable.Quote(node.Operator)}) reads {Printable.Quote(name)}, which no input, initialiser or node gives");
        return needs;
    }

    /// <summary>The earliest order that fits; the given one if it does.</summary>
    private static int[] Order(IReadOnlyList<OnnxNode> nodes, List<int>[] needs)
    {
        var readers = new List<int>[nodes.Count];
        var waiting = new int[nodes.Count];
        var ready = new PriorityQueue<int, int>();
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (int maker in needs[i])
                (readers[maker] ??= []).Add(i);
            if ((waiting[i] = needs[i].Count) == 0)
                ready.Enqueue(i, i);
        }
        var order = new int[nodes.Count];
        int done = 0;
        while (ready.TryDequeue(out int next, out _))
        {
            order[done++] = next;
            foreach (int reader in readers[next] ?? [])
                if (--waiting[reader] == 0)
                    ready.Enqueue(reader, reader);
        }
        if (done == nodes.Count)
            return order;
        // Whoever still waits, waits for another one that waits: following that leads into the cycle.
        int at = Array.FindIndex(waiting, count => count > 0);
        var seen = new HashSet<int>();
        while (seen.Add(at))
            at = needs[at].First(maker => waiting[maker] > 0);
        throw new ModelFormatException($"node {nodes[at].Label} ({Printable.Quote(nodes[at].Operator)}) reads what is made from its own output: the graph has a cycle");
    }

    private static OnnxNode SortWithin(OnnxNode node, Scope scope)
    {
        if (node.Attributes.All(attribute => attribute.Graph is null))
            return node;
        bool changed = false;
        OnnxAttribute[] attributes = [.. node.Attributes.Select(attribute =>
        {
            if (attribute.Graph is null)
                return attribute;
            OnnxGraph sorted = Sort(attribute.Graph, scope);
            if (ReferenceEquals(sorted, attribute.Graph))
                return attribute;
            changed = true;
            return attribute with { Graph = sorted };
        })];
        return changed ? node with { Attributes = attributes } : node;
    }

    /// <summary>What the graph of an attribute reads from outside.</summary>
    private static IEnumerable<string> FreeNames(OnnxAttribute attribute)
    {
        if (attribute.Graph is not { } graph)
            return [];
        var free = new HashSet<string>(graph.Nodes.SelectMany(node => node.Inputs.Where(input => input.Length > 0).Concat(node.Attributes.SelectMany(FreeNames))));
        free.UnionWith(graph.Outputs.Select(output => output.Name));
        free.ExceptWith(graph.Inputs.Select(input => input.Name));
        free.ExceptWith(graph.Initializers.Select(tensor => tensor.Name));
        free.ExceptWith(graph.Nodes.SelectMany(node => node.Outputs));
        return free;
    }

    /// <summary>The names of a graph, within those of the graphs around it.</summary>
    private sealed class Scope(Scope? outer)
    {
        private readonly HashSet<string> _names = [];

        public bool Add(string name) => _names.Add(name);

        public bool Holds(string name) => _names.Contains(name);

        public bool Knows(string name) => Holds(name) || outer?.Knows(name) == true;
    }
}
