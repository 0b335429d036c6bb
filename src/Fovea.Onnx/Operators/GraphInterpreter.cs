using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;
using Fovea.Serialization;

namespace Fovea.Onnx.Operators;

/// <summary>
/// Runs a whole graph node by node in the order of the file, with the functions that the file defines and with If and
/// Loop. It is plain: networks run in the engines, this is for what is worked out once.
/// </summary>
/// <param name="model">The file's content, nodes in order.</param>
/// <param name="limits">What one node may cost, and how many iterations a loop may have; <see cref="EvaluationLimits.Default"/> if null.</param>
internal sealed class GraphInterpreter(OnnxModel model, EvaluationLimits? limits = null)
{
    private const int Deepest = 32;

    private readonly EvaluationLimits _limits = limits ?? EvaluationLimits.Default;

    /// <summary>The graph's outputs, in their order.</summary>
    /// <param name="inputs">Values of the graph's inputs by name. Those that are also initialisers may be missing.</param>
    /// <exception cref="ModelFormatException">An input is missing, or a node cannot be worked out.</exception>
    public OnnxTensor[] Run(IReadOnlyDictionary<string, OnnxTensor> inputs)
    {
        var scope = new Scope(null, model.Opsets, null, 0);
        foreach (OnnxTensor tensor in model.Graph.Initializers)
            scope.Values[tensor.Name] = tensor;
        foreach (OnnxValue input in model.Graph.Inputs)
            if (inputs.TryGetValue(input.Name, out OnnxTensor? value))
                scope.Values[input.Name] = value;
            else if (!scope.Values.ContainsKey(input.Name))
                scope.Values[input.Name] = null;
        RunNodes(model.Graph.Nodes, scope);
        return Outputs(model.Graph, scope);
    }

    private static OnnxTensor[] Outputs(OnnxGraph graph, Scope scope) =>
        [.. graph.Outputs.Select(output => scope.Find(output.Name)
            ?? throw new ModelFormatException($"graph {Printable.Quote(graph.Name)}: nothing makes its output {Printable.Quote(output.Name)}"))];

    private void RunNodes(IReadOnlyList<OnnxNode> nodes, Scope scope)
    {
        if (scope.Depth > Deepest)
            throw new ModelFormatException($"graphs and functions in one another, more than {Deepest} deep");
        foreach (OnnxNode node in nodes)
        {
            OnnxTensor?[] outputs = RunNode(scope.Bind(node), scope);
            for (int i = 0; i < node.Outputs.Count && i < outputs.Length; i++)
                if (node.Outputs[i].Length > 0)
                    scope.Values[node.Outputs[i]] = outputs[i];
        }
    }

    private OnnxTensor?[] RunNode(OnnxNode node, Scope scope)
    {
        var inputs = new OnnxTensor?[node.Inputs.Count];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = node.Inputs[i].Length == 0 ? null : scope.Read(node, node.Inputs[i]);
        if (model.Functions.FirstOrDefault(function => function.Domain == node.Domain && function.Name == node.Operator && function.Overload == node.Overload) is { } own)
            return RunFunction(own, node, inputs, scope);
        if (node.Domain.Length == 0 && node.Operator is "If" or "Loop")
            return node.Operator == "If" ? RunIf(node, inputs, scope) : RunLoop(node, inputs, scope);
        return OperatorEvaluator.Evaluate(node, scope.Opset(node), inputs, _limits);
    }

    private OnnxTensor?[] RunFunction(OnnxFunction function, OnnxNode node, OnnxTensor?[] inputs, Scope scope)
    {
        if (inputs.Length > function.Inputs.Count)
            throw Error(node, $"its function takes {function.Inputs.Count} inputs, not {inputs.Length}");
        var bound = function.Defaults.ToDictionary(attribute => attribute.Name);
        foreach (OnnxAttribute attribute in node.Attributes)
            bound[attribute.Name] = function.Attributes.Contains(attribute.Name) || bound.ContainsKey(attribute.Name) ? attribute
                : throw Error(node, $"its function has no attribute {Printable.Quote(attribute.Name)}");
        // A function sees nothing but its own inputs.
        var inner = new Scope(null, function.Opsets.Count > 0 ? function.Opsets : model.Opsets, bound, scope.Depth + 1);
        for (int i = 0; i < function.Inputs.Count; i++)
            inner.Values[function.Inputs[i]] = i < inputs.Length ? inputs[i] : null;
        RunNodes(function.Nodes, inner);
        return [.. function.Outputs.Select(inner.Find)];
    }

    private OnnxTensor[] RunIf(OnnxNode node, OnnxTensor?[] inputs, Scope scope)
    {
        CheckAttributes(node, "then_branch", "else_branch");
        string branch = Condition(node, inputs.Length == 1 ? inputs[0] : null) ? "then_branch" : "else_branch";
        OnnxGraph graph = node.Find(branch)?.Graph ?? throw Error(node, $"attribute {branch} is missing");
        return RunGraph(graph, [], scope);
    }

    /// <summary>Carried values go round; what the body gives beyond them is stacked, an iteration after the other.</summary>
    private OnnxTensor?[] RunLoop(OnnxNode node, OnnxTensor?[] inputs, Scope scope)
    {
        CheckAttributes(node, "body");
        OnnxGraph body = node.Find("body")?.Graph ?? throw Error(node, "attribute body is missing");
        long? trips = inputs.Length > 0 && inputs[0] is { } count ? Scalar(node, count, OnnxElementType.Int64).Values<long>()[0] : null;
        bool goesOn = inputs.Length < 2 || inputs[1] is null || Condition(node, inputs[1]);
        OnnxTensor?[] carried = [.. inputs.Skip(2)];
        if (body.Inputs.Count != carried.Length + 2 || body.Outputs.Count <= carried.Length)
            throw Error(node, $"its body takes {body.Inputs.Count} values and gives {body.Outputs.Count}, which does not fit {carried.Length} carried ones");
        var stacks = new List<OnnxTensor>[body.Outputs.Count - 1 - carried.Length];
        for (int i = 0; i < stacks.Length; i++)
            stacks[i] = [];
        for (long iteration = 0; goesOn && (trips is null || iteration < trips); iteration++)
        {
            if (iteration >= _limits.Work >> 16)
                throw Error(node, $"it is still running after {iteration} iterations");
            OnnxTensor[] results = RunGraph(body, [Longs(iteration), Truth(goesOn), .. carried], scope);
            goesOn = Condition(node, results[0]);
            carried = [.. results[1..(carried.Length + 1)]];
            for (int i = 0; i < stacks.Length; i++)
                stacks[i].Add(results[carried.Length + 1 + i]);
        }
        return [.. carried, .. stacks.Select((stack, i) => Stacked(node, stack, body.Outputs[carried.Length + 1 + i], scope))];
    }

    private OnnxTensor[] RunGraph(OnnxGraph graph, ReadOnlySpan<OnnxTensor?> inputs, Scope outer)
    {
        var scope = new Scope(outer, outer.Opsets, outer.Bound, outer.Depth + 1);
        foreach (OnnxTensor tensor in graph.Initializers)
            scope.Values[tensor.Name] = tensor;
        for (int i = 0; i < inputs.Length; i++)
            scope.Values[graph.Inputs[i].Name] = inputs[i];
        RunNodes(graph.Nodes, scope);
        return Outputs(graph, scope);
    }

    private OnnxTensor Stacked(OnnxNode node, List<OnnxTensor> parts, OnnxValue output, Scope scope)
    {
        if (parts.Count == 0)
            return new OnnxTensor(output.ElementType, [0, .. (output.Dimensions ?? []).Select(size => (int)(size.Size ?? 0))], ReadOnlyMemory<byte>.Empty);
        var names = Enumerable.Range(0, parts.Count).Select(i => $"{i}").ToArray();
        OnnxTensor[] rows = [.. parts.Select(part => Reshaped(part, [1, .. part.Dimensions]))];
        var concat = new OnnxNode("Concat", names, [output.Name]) { Name = node.Name, Attributes = [OnnxAttribute.Of("axis", 0)] };
        return OperatorEvaluator.Evaluate(concat, scope.Opset(concat), rows, _limits)[0]!;
    }

    private static OnnxTensor Reshaped(OnnxTensor tensor, ReadOnlySpan<int> sizes) => tensor.ElementType == OnnxElementType.String
        ? new OnnxTensor(sizes, [.. tensor.Strings])
        : new OnnxTensor(tensor.ElementType, sizes, tensor.Bytes);

    private static OnnxTensor Longs(long value) => Elements.FromLongs(OnnxElementType.Int64, [], [value]);

    private static OnnxTensor Truth(bool value) => new(OnnxElementType.Bool, [], new[] { value ? (byte)1 : (byte)0 });

    private static bool Condition(OnnxNode node, OnnxTensor? condition) =>
        Scalar(node, condition ?? throw Error(node, "its condition is missing"), OnnxElementType.Bool).Values<byte>()[0] != 0;

    private static OnnxTensor Scalar(OnnxNode node, OnnxTensor tensor, OnnxElementType type) =>
        tensor.ElementType == type && tensor.Count == 1 ? tensor
            : throw Error(node, $"it wants one {type}, not {tensor.ElementType} of shape {Sizes.Text(tensor.Dimensions)}");

    private static void CheckAttributes(OnnxNode node, params ReadOnlySpan<string> known)
    {
        foreach (OnnxAttribute attribute in node.Attributes)
            if (!known.Contains(attribute.Name))
                throw Error(node, $"it has no attribute {Printable.Quote(attribute.Name)}");
    }

    private static ModelFormatException Error(OnnxNode node, string what) => new($"node {node.Label} ({Printable.Shorten(node.Operator, 80)}): {what}");

    /// <summary>Values by name: those of this graph, then those of the graph around it.</summary>
    /// <param name="outer">The graph around it.</param>
    /// <param name="opsets">Operator sets by domain.</param>
    /// <param name="bound">In a function, the attributes that its call gives it.</param>
    /// <param name="depth">How many graphs and functions are around it.</param>
    private sealed class Scope(Scope? outer, IReadOnlyDictionary<string, long> opsets, IReadOnlyDictionary<string, OnnxAttribute>? bound, int depth)
    {
        public Dictionary<string, OnnxTensor?> Values { get; } = [];

        public IReadOnlyDictionary<string, long> Opsets => opsets;

        public IReadOnlyDictionary<string, OnnxAttribute>? Bound => bound;

        public int Depth => depth;

        public OnnxTensor? Find(string name) => Values.TryGetValue(name, out OnnxTensor? value) ? value : outer?.Find(name);

        public OnnxTensor? Read(OnnxNode node, string name)
        {
            for (Scope? scope = this; scope is not null; scope = scope.Outer)
                if (scope.Values.TryGetValue(name, out OnnxTensor? value))
                    return value;
            throw Error(node, $"nothing gives its input {Printable.Quote(name)}");
        }

        public long Opset(OnnxNode node) => opsets.TryGetValue(node.Domain, out long version) ? version
            : node.Domain.Length == 0 && opsets.TryGetValue("ai.onnx", out version) ? version : 1;

        /// <summary>The node with the attributes of the function's call in place of references to them.</summary>
        public OnnxNode Bind(OnnxNode node)
        {
            if (node.Attributes.All(attribute => attribute.ReferenceTo.Length == 0))
                return node;
            var attributes = new List<OnnxAttribute>();
            foreach (OnnxAttribute attribute in node.Attributes)
                if (attribute.ReferenceTo.Length == 0)
                    attributes.Add(attribute);
                else if (bound is not null && bound.TryGetValue(attribute.ReferenceTo, out OnnxAttribute? value))
                    attributes.Add(value with { Name = attribute.Name, ReferenceTo = "" });
            return node with { Attributes = attributes };
        }

        private Scope? Outer => outer;
    }
}
