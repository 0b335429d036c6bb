using Fovea.Execution.Blocked;
using Fovea.Kernels.Simd;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>Puts into words and figures what a plan will do.</summary>
internal sealed class PlanDescriber(Network network, PlanOptions options, CoreFigures core)
{
    private readonly bool _training = options.Mode == PlanMode.Training;
    private readonly Dictionary<string, int> _places = network.Nodes.Select((node, index) => (node.Name, index)).ToDictionary();

    /// <summary>Describes whatever runs the plan.</summary>
    public PlanDescription Describe(Runner runner) =>
        new(core, SimdWidth.Bits, runner switch
        {
            BlockedRunner blocked => InBlocks(blocked.Graph),
            PlanRunner slices => InSlices(slices.Layout),
            _ => throw new InvalidOperationException("plans of quantised networks are not described; without PlanOptions.Quantization the plan in floats is"),
        });

    private List<PlanStep> InSlices(PlanLayout layout)
    {
        int lanes = layout.Nodes[0].Operator.Context.Lanes;
        int slices = (options.Batch + lanes - 1) / lanes;
        var steps = new List<PlanStep>();
        for (int i = 0; i < layout.Nodes.Count; i++)
        {
            PlanNode planned = layout.Nodes[i];
            OperatorContext context = planned.Operator.Context;
            int first = context.NodeIndex, end = i + 1 < layout.Nodes.Count ? layout.Nodes[i + 1].Operator.Context.NodeIndex : network.Nodes.Count;
            Node[] nodes = [.. network.Nodes.Take(first..end)];
            if (planned.Operator.IsIdentity)
            {
                steps.Add(Sharing(nodes[0], context.Output));
                continue;
            }
            bool runsBackward = _training && layout.RunsBackward[i];
            double slice = FloatsOf(context.Inputs, context.Output) * lanes;
            steps.Add(Step(nodes, lanes > 1 ? $"(C, H, W, {lanes})" : "(C, H, W)", context.Output, new StepWork
            {
                Algorithm = planned.Operator.Algorithm,
                MultiplyAdds = nodes[0].Layer.MultiplyAdds(context.Inputs) * slices * lanes
                    * Passes(runsBackward, nodes, planned.Targets.Any(target => target != GradientTarget.None)),
                Floats = slice * slices * (runsBackward ? 3 : 1),
                Held = slice,
                Weights = ParametersOf(nodes),
                WeightReads = slices * (runsBackward ? 3 : 1),
                Tasks = slices,
                Meetings = planned.Operator.ForwardPasses - 1 + (runsBackward ? planned.Operator.BackwardPasses - 1 : 0),
            }));
        }
        return steps;
    }

    private List<PlanStep> InBlocks(BlockedGraph graph)
    {
        var steps = new SortedDictionary<int, PlanStep>();
        foreach (BlockedOperator op in graph.Operators)
        {
            bool wantsGradient = op.Targets.Any(target => target != GradientTarget.None);
            bool runsBackward = _training && (wantsGradient || op.Nodes.Any(IsTrained));
            Shape[] inputs = [.. op.Inputs.Select(input => input.Shape)];
            double floats = FloatsOf(inputs, op.Output.Shape) * options.Batch;
            steps.Add(_places[op.Nodes[^1].Name], Step(op.Nodes, LayoutOf(op.Output), op.Output.Shape, new StepWork
            {
                Algorithm = op.Algorithm,
                MultiplyAdds = op.Nodes.Sum(node => node.Layer.MultiplyAdds([.. node.Inputs.Select(graph.ShapeOf)])) * options.Batch * Passes(runsBackward, op.Nodes, wantsGradient),
                Floats = floats * (runsBackward ? 3 : 1),
                Held = floats,
                Weights = ParametersOf(op.Nodes),
                WeightReads = runsBackward ? 3 : 1,
                Tasks = Enumerable.Range(0, op.ForwardPhases).Max(phase => op.ForwardTasks(phase, options.Batch)),
                Meetings = op.ForwardPhases + (runsBackward ? op.BackwardPhases : 0),
            }));
        }
        // Nodes that only give their input another name have no operator.
        var shown = graph.Operators.SelectMany(op => op.Nodes).Select(node => _places[node.Name]).ToHashSet();
        for (int i = 0; i < network.Nodes.Count; i++)
            if (!shown.Contains(i))
                steps.Add(i, Sharing(network.Nodes[i], graph.ShapeOf(i)));
        return [.. steps.Values];
    }

    private PlanStep Step(IReadOnlyList<Node> nodes, string layout, Shape output, in StepWork work)
    {
        (double seconds, bool boundByMemory) = CostModel.Expect(work, core, options.Threads);
        return new PlanStep(
            [.. nodes.Select(node => node.Name)], [.. nodes.Select(node => node.Layer.GetType().Name)], work.Algorithm, layout, output,
            work.MultiplyAdds, 2e-9 * work.MultiplyAdds / seconds, seconds, boundByMemory);
    }

    private static PlanStep Sharing(Node node, Shape output) =>
        new([node.Name], [node.Layer.GetType().Name], "none: the output is the input", "the input's", output, 0, 0, 0, BoundByMemory: false);

    private static string LayoutOf(BlockedMap map)
    {
        string frame = map.Halo == 0 ? "" : $", frame of {map.Halo}";
        return map.Height * map.Width == 1 ? $"(N, C/{map.Inner}, {map.Inner})" : $"(N, C/{map.Inner}, H, W, {map.Inner}){frame}";
    }

    /// <summary>Forward, the gradient of the weights, that of the input.</summary>
    private static int Passes(bool runsBackward, IReadOnlyList<Node> nodes, bool wantsGradient) =>
        1 + (runsBackward && nodes.Any(IsTrained) ? 1 : 0) + (runsBackward && wantsGradient ? 1 : 0);

    private static bool IsTrained(Node node) => node.Parameters.Any(parameter => parameter.IsTrainable);

    /// <summary>Of one sample; what is written is fetched first, so it counts two.</summary>
    private static double FloatsOf(IReadOnlyList<Shape> inputs, Shape output) => inputs.Sum(input => (double)input.Length) + 2.0 * output.Length;

    private static double ParametersOf(IReadOnlyList<Node> nodes) =>
        nodes.Sum(node => node.Parameters.Sum(parameter => (double)parameter.Value.Length));
}
