using Fovea.Execution;
using Fovea.Networks;

namespace Fovea.Tests.Layers;

/// <summary>
/// Every entry of <see cref="LayerCases"/> in every engine, over the three options of a plan: what is asked for is right
/// whatever else is asked for, and what is not asked for is refused.
/// </summary>
public class LayerOptionTests
{
    private const int Batch = 5;

    private static readonly int[] Engines = [1, 16, 0];

    private static readonly LayerBehavior[] Behaviors = [LayerBehavior.Inference, LayerBehavior.Training];

    public static TheoryData<string> Cases => LayerCases.Names;

    /// <summary>The gradients by running statistics and without dropout, which training never needs and every explanation does.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_gradients_of_the_reference_in_inference(string name)
    {
        LayerCase layer = LayerCases.Named(name);
        foreach (int lanes in Engines)
        {
            Network network = layer.Network();
            LayerData.Randomize(network, 1);
            Plan plan = Compile(network, lanes, new PlanOptions { ParameterGradients = true, InputGradient = true });
            float[] input = LayerData.Inputs(network.InputShape, Batch, 2), upstream = LayerData.Normal(Batch * network.OutputShape.Length, 3);
            plan.Forward(input);
            plan.Backward(upstream);
            if (layer.Reference is null)
            {
                Assert.Equal(upstream, plan.InputGradient);
                continue;
            }
            double[][] rows = LayerData.Rows(input, Batch), parameters = LayerData.Parameters(network), upstreamRows = LayerData.Rows(upstream, Batch);
            int length = network.InputShape.Length;
            Func<double[][]> outputs = () => layer.Expected(rows, parameters, training: false);
            LayerData.AssertGradient($"input gradient, lanes {lanes}", plan.InputGradient, i => (rows[i / length], i % length), outputs, upstreamRows, 4);
            for (int p = 0, trainable = 0; p < network.Parameters.Count; p++)
                if (network.Parameters[p].IsTrainable)
                {
                    double[] values = parameters[p];
                    LayerData.AssertGradient($"{network.Parameters[p].Name}, lanes {lanes}", plan.Gradient(trainable++), i => (values, i), outputs, upstreamRows, 5);
                }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_choice_of_options_gives_the_same_numbers(string name)
    {
        LayerCase layer = LayerCases.Named(name);
        foreach (int lanes in Engines)
            foreach (LayerBehavior behavior in Behaviors)
            {
                Run everything = Run.Of(layer, lanes, behavior, parameters: true, input: true, nodes: true, NodeSelection.All);
                foreach ((bool parameters, bool input, bool nodes) in ((bool, bool, bool)[])[(false, false, false), (true, false, false), (false, true, false), (false, false, true)])
                    foreach (NodeSelection kept in (NodeSelection[])[NodeSelection.None, [everything.Last]])
                        Run.Of(layer, lanes, behavior, parameters, input, nodes, kept).AssertPartOf(everything, $"lanes {lanes}, {behavior}, gradients {parameters}/{input}/{nodes}, {(kept.IsEmpty ? "none" : "one")} kept");
            }
    }

    private static Plan Compile(Network network, int lanes, PlanOptions options) =>
        network.Compile((lanes == 0 ? options with { Blocked = true } : options with { Lanes = lanes }) with { Batch = Batch, Threads = 1, Seed = 6 });

    /// <summary>What a plan gave of what it was asked for; null for the rest.</summary>
    private sealed record Run(string Last, float[] Outputs, float[][]? Parameters, float[]? Input, float[][]? Nodes, float[]? Kept)
    {
        public static Run Of(LayerCase layer, int lanes, LayerBehavior behavior, bool parameters, bool input, bool nodes, NodeSelection kept)
        {
            Network network = layer.Network();
            LayerData.Randomize(network, 7);
            string last = network.Nodes[^1].Name;
            var options = new PlanOptions
            {
                Behavior = behavior,
                ParameterGradients = parameters,
                InputGradient = input,
                NodeGradients = nodes ? NodeSelection.All : NodeSelection.None,
                KeepActivations = kept,
            };
            Plan plan = Compile(network, lanes, options);
            plan.Forward(LayerData.Inputs(network.InputShape, Batch, 8));
            if (parameters || input || nodes)
                plan.Backward(LayerData.Normal(Batch * network.OutputShape.Length, 9));
            if (!input)
                Assert.Contains("InputGradient", Assert.Throws<InvalidOperationException>(() => plan.InputGradient.Length).Message, StringComparison.Ordinal);
            // The last node may be a view of the input.
            if (!nodes && !input)
                Assert.Contains("NodeGradients", Assert.Throws<InvalidOperationException>(() => plan.ReadGradient(last)).Message, StringComparison.Ordinal);
            if (kept.IsEmpty)
                Assert.Contains("KeepActivations", Assert.Throws<InvalidOperationException>(() => plan.ReadActivation(last)).Message, StringComparison.Ordinal);
            return new Run(
                last, plan.Outputs.ToArray(),
                parameters ? [.. network.TrainableParameters.Select((_, p) => plan.Gradient(p).ToArray())] : null,
                input ? plan.InputGradient.ToArray() : null,
                nodes ? [.. network.Nodes.Select(node => plan.ReadGradient(node.Name).Values.ToArray())] : null,
                !kept.IsEmpty ? plan.ReadActivation(last).Values.ToArray() : null);
        }

        public void AssertPartOf(Run all, string where)
        {
            Same(all.Outputs, Outputs);
            Same(all.Input, Input);
            Same(all.Kept, Kept);
            for (int i = 0; i < Parameters?.Length; i++)
                Same(all.Parameters![i], Parameters[i]);
            for (int i = 0; i < Nodes?.Length; i++)
                Same(all.Nodes![i], Nodes[i]);

            void Same(float[]? expected, float[]? actual)
            {
                if (actual is null)
                    return;
                // Fused operators may round differently.
                double scale = expected!.Max(value => Math.Abs((double)value));
                Assert.True(expected!.Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-5 * scale + 1e-7), where);
            }
        }
    }
}
