using Fovea.Execution.Blocked;
using Fovea.Execution.Graph;
using Fovea.Execution.Sliced;
using Fovea.Kernels.Simd;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>Puts into words and figures what a plan will do.</summary>
internal sealed class PlanDescriber(ExecutionGraph graph, CoreFigures core)
{
    private readonly Network _network = graph.Network;
    private readonly int _batch = graph.Options.Batch;

    /// <summary>Describes whatever runs the plan.</summary>
    public PlanDescription Describe(Runner runner)
    {
        // By the node at which a step ends: groups run in this order, and views stand between them.
        var steps = new SortedDictionary<int, PlanStep>();
        switch (runner)
        {
            case BlockedRunner blocked:
                AddBlocked(steps, blocked.Lowered);
                break;
            case SlicedRunner slices:
                AddSliced(steps, slices.Layout);
                break;
        }
        HashSet<int> shown = [.. graph.Groups.SelectMany(group => group.AllNodes)];
        for (int i = 0; i < _network.Nodes.Count; i++)
            if (!shown.Contains(i) || graph.Groups.Any(group => group.Last == i) && !steps.ContainsKey(i))
                steps.Add(i, View(i));
        return new PlanDescription(core, SimdWidth.Bits, [.. steps.Values]);
    }

    private void AddSliced(SortedDictionary<int, PlanStep> steps, SlicedLayout layout)
    {
        foreach (SlicedNode node in layout.Nodes)
        {
            OperatorContext context = node.Operator.Context;
            int slices = context.Slices, lanes = context.Lanes, passes = node.Group.RunsBackward ? 3 : 1;
            double slice = FloatsOf(context.Inputs, context.Output) * lanes;
            Add(steps, node.Group, lanes > 1 ? $"CHWN{lanes}" : "NCHW", new StepWork
            {
                Algorithm = node.Operator.Algorithm,
                MultiplyAdds = MultiplyAddsOf(node.Group) * slices * lanes,
                Floats = slice * slices * passes,
                Held = slice,
                Weights = ParametersOf(node.Group),
                WeightReads = slices * passes,
                Tasks = slices,
                Meetings = node.Operator.ForwardPasses - 1 + (node.Group.RunsBackward ? node.Operator.BackwardPasses - 1 : 0),
            });
        }
    }

    /// <summary>Conversions between bytes and floats are counted to nobody: they move few bytes.</summary>
    private void AddBlocked(SortedDictionary<int, PlanStep> steps, BlockedGraph blocked)
    {
        foreach (BlockedOperator op in blocked.Operators.Where(op => op.Nodes.Length > 0))
            Add(steps, op.Group, LayoutOf(op.Output), OfWholeBatch(
                op.Group, op.Algorithm, FloatsOf([.. op.Inputs.Select(input => input.Shape)], op.Output.Shape) / (op.Output.IsBytes ? sizeof(float) : 1),
                Enumerable.Range(0, op.ForwardPhases).Max(phase => op.ForwardTasks(phase, _batch)), op.ForwardPhases + (op.Group.RunsBackward ? op.BackwardPhases : 0)));
    }

    private StepWork OfWholeBatch(FusionGroup group, string algorithm, double floats, int tasks, int meetings) => new()
    {
        Algorithm = algorithm,
        MultiplyAdds = MultiplyAddsOf(group) * _batch,
        Floats = floats * _batch * (group.RunsBackward ? 3 : 1),
        Held = floats * _batch,
        Weights = ParametersOf(group),
        WeightReads = group.RunsBackward ? 3 : 1,
        Tasks = tasks,
        Meetings = meetings,
    };

    private void Add(SortedDictionary<int, PlanStep> steps, FusionGroup group, string layout, in StepWork work)
    {
        (double seconds, bool boundByMemory) = CostModel.Expect(work, core, graph.Options.Threads);
        Node[] nodes = [.. group.AllNodes.Select(node => _network.Nodes[node])];
        steps.Add(group.Last, new PlanStep(
            [.. nodes.Select(node => node.Name)], [.. nodes.Select(node => node.Layer.GetType().Name)], work.Algorithm, layout, graph.ShapeOf(group.Last),
            work.MultiplyAdds, 2e-9 * work.MultiplyAdds / seconds, seconds, boundByMemory));
    }

    private PlanStep View(int node) =>
        new([_network.Nodes[node].Name], [_network.Nodes[node].Layer.GetType().Name], "none: the output is the input", "the input's", graph.ShapeOf(node), 0, 0, 0, BoundByMemory: false);

    private static string LayoutOf(BlockedMap map)
    {
        string frame = map.Halo == 0 ? "" : $", frame of {map.Halo}", type = map.IsBytes ? "int8 " : "";
        return $"{type}nChw{map.Inner}c{frame}";
    }

    /// <summary>Of one sample: forward, and the gradients of the weights and of the input where they are computed.</summary>
    private long MultiplyAddsOf(FusionGroup group)
    {
        int passes = 1;
        if (group.RunsBackward && graph.Options.ParameterGradients && group.AllNodes.Any(node => _network.Nodes[node].Parameters.Any(parameter => parameter.Learns)))
            passes++;
        if (group.RunsBackward && group.Targets.Any(target => target != GradientTarget.None))
            passes++;
        return passes * group.AllNodes.Sum(node => _network.Nodes[node].Layer.MultiplyAdds(graph.InputShapesOf(node)));
    }

    /// <summary>Of one sample; what is written is fetched first, so it counts two.</summary>
    private static double FloatsOf(IReadOnlyList<Shape> inputs, Shape output) => inputs.Sum(input => (double)input.Length) + 2.0 * output.Length;

    private double ParametersOf(FusionGroup group) =>
        group.AllNodes.Sum(node => _network.Nodes[node].Parameters.Sum(parameter => (double)parameter.Value.Length));
}
