using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Quantization;
using Fovea.Tensors;
using Fovea.Tests.Layers;

namespace Fovea.Tests.Execution;

/// <summary>What a plan computes is said by three options, none of which implies another: gradients, behaviour, and what is kept.</summary>
public class PlanOptionTests
{
    private const int Batch = 3;

    private static readonly string[] EngineNames = ["sliced, 1", "sliced, 16", "blocked"];

    public static TheoryData<string> Engines => [.. EngineNames];

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_gradient_in_use_is_that_of_what_is_used(string engine)
    {
        Network network = Residual();
        float[] statistics = Statistics(network), input = Samples(network), upstream = LayerData.Normal(Batch * 4, 3);
        Plan plan = Compile(network, engine, new PlanOptions { InputGradient = true });
        plan.Forward(input);
        Close.Assert(LayerData.Doubles(Compile(network, engine, new PlanOptions()).Forward(input).ToArray()), plan.Outputs, 1e-5, 1e-5);
        plan.Backward(upstream);
        float[] gradient = plan.InputGradient.ToArray();
        Plan forward = Compile(network, engine, new PlanOptions());
        for (int i = 0; i < input.Length; i += 7)
        {
            const float step = 1e-2f;
            float before = input[i];
            input[i] = before + step;
            double above = Dot(forward.Forward(input), upstream);
            input[i] = before - step;
            double below = Dot(forward.Forward(input), upstream);
            input[i] = before;
            Assert.Equal((above - below) / (2 * step), gradient[i], 5e-3);
        }
        Assert.Equal(statistics, Statistics(network));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Behaviour_needs_no_gradients(string engine)
    {
        Network used = Residual(), trained = Residual();
        float[] input = Samples(used);
        float[] expected = Compile(trained, engine, PlanOptions.Training with { Seed = 5 }).Forward(input).ToArray();
        Close.Assert(LayerData.Doubles(expected), Compile(used, engine, new PlanOptions { Behavior = LayerBehavior.Training, Seed = 5 }).Forward(input), 1e-5, 1e-5);
        Close.Assert(LayerData.Doubles(Statistics(trained)), Statistics(used), 1e-6, 1e-6);
        float[] running = Compile(used, engine, new PlanOptions()).Forward(input).ToArray();
        Assert.NotEqual(running, Compile(used, engine, new PlanOptions { Behavior = LayerBehavior.Dropout, Seed = 5 }).Forward(input).ToArray());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void What_was_not_asked_for_is_an_error_that_names_the_option(string engine)
    {
        Network network = Residual();
        Plan plan = Compile(network, engine, new PlanOptions { InputGradient = true, KeepActivations = ["tanh"], NodeGradients = ["bn"] });
        plan.Forward(Samples(network));
        plan.Backward(new float[Batch * 4]);
        Refuses(() => plan.Gradient(0).Length, "the plan computes no gradients of parameters; compile it with PlanOptions.Training, or with ParameterGradients = true");
        Refuses(() => plan.ReadActivation("bn"), "the plan does not keep the output of 'bn'; compile it with KeepActivations = [\"bn\"], or NodeSelection.All");
        Refuses(() => plan.ReadGradient("tanh"), "the plan does not keep the gradient of 'tanh'; compile it with NodeGradients = [\"tanh\"], or NodeSelection.All");
        Assert.Equal(Batch * 17 * 36, plan.ReadActivation("tanh").Length);
        Assert.Equal(Batch * 17 * 36, plan.ReadGradient("bn").Length);
        Assert.StartsWith("no node is named 'conv9'", Assert.Throws<KeyNotFoundException>(() => Compile(network, engine, new PlanOptions { KeepActivations = ["conv9"] })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void One_kept_node_is_what_it_is_among_all(string engine)
    {
        Network network = Residual();
        float[] input = Samples(network), upstream = LayerData.Normal(Batch * 4, 3);
        Plan all = Run(new PlanOptions { ParameterGradients = true, InputGradient = true, KeepActivations = NodeSelection.All, NodeGradients = NodeSelection.All });
        foreach (string node in network.Nodes.Select(node => node.Name).Append(NetworkBuilder.Input))
        {
            Plan one = Run(new PlanOptions { ParameterGradients = true, KeepActivations = [node], NodeGradients = [node] });
            Close.Assert(LayerData.Doubles(all.ReadActivation(node).Values.ToArray()), one.ReadActivation(node).Values, 1e-5, 1e-5);
            Close.Assert(LayerData.Doubles(all.ReadGradient(node).Values.ToArray()), one.ReadGradient(node).Values, 1e-5, 1e-5);
            Plan forward = Compile(network, engine, new PlanOptions { KeepActivations = [node] });
            forward.Forward(input);
            Close.Assert(LayerData.Doubles(all.ReadActivation(node).Values.ToArray()), forward.ReadActivation(node).Values, 1e-5, 1e-5);
        }

        Plan Run(PlanOptions options)
        {
            Plan plan = Compile(network, engine, options);
            plan.Forward(input);
            plan.Backward(upstream);
            return plan;
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_run_may_end_at_a_node(string engine)
    {
        Network network = Residual();
        float[] input = Samples(network);
        Plan plan = Compile(network, engine, new PlanOptions { KeepActivations = ["tanh", "next", "mean"] });
        plan.Forward(input);
        float[] expected = plan.ReadActivation("next").Values.ToArray(), outputs = plan.Outputs.ToArray();
        plan.Forward(new float[input.Length]);
        plan.Forward(input, "next");
        Assert.Equal(expected, plan.ReadActivation("next").Values.ToArray());
        Refuses(() => plan.Outputs.Length, "the last run ended at 'next' and has no outputs; run Forward without a node");
        Refuses(() => plan.ReadActivation("mean"), "the last run ended at 'next' and did not reach 'mean'");
        Assert.Equal(Batch * 17 * 36, plan.ReadActivation("tanh").Length);
        Assert.Equal(outputs, plan.Forward(input).ToArray());
    }

    /// <summary>The same gradients as of a network that ends there, and zeros of what the node does not depend on.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void Backward_may_start_at_any_node(string engine)
    {
        Network network = Residual();
        foreach (string start in (string[])["fc", "skip", "next", "tanh", "bn", "conv"])
        {
            Network part = Residual(until: start);
            float[] input = Samples(network), gradient = LayerData.Normal(Batch * part.OutputShape.Length, 8);
            var options = new PlanOptions { ParameterGradients = true, InputGradient = true };
            Plan whole = Compile(network, engine, options with { KeepActivations = [start] }), ends = Compile(part, engine, options);
            whole.Forward(input);
            // What another backward left is no part of this one.
            whole.Backward(LayerData.Normal(Batch * 4, 9));
            whole.Backward(start, gradient);
            ends.Forward(input);
            ends.Backward(gradient);
            Close.Assert(LayerData.Doubles(ends.InputGradient.ToArray()), whole.InputGradient, 1e-4, 1e-4);
            for (int p = 0; p < network.TrainableParameters.Count; p++)
                if (p < part.TrainableParameters.Count)
                    Close.Assert(LayerData.Doubles(ends.Gradient(p).ToArray()), whole.Gradient(p), 1e-4, 1e-4);
                else
                    Assert.False(whole.Gradient(p).ContainsAnyExcept(0), $"{start}: {network.TrainableParameters[p].Name}");
        }
    }

    [Fact]
    public void Plans_follow_every_change_of_a_parameter()
    {
        Network network = Residual();
        float[] input = Samples(network);
        Plan[] plans = [.. EngineNames.Select(engine => Compile(network, engine, new PlanOptions())), Compile(network, "blocked", new PlanOptions { InputGradient = true })];
        foreach (Plan plan in plans)
            plan.Forward(input);
        foreach (Parameter parameter in network.Parameters)
        {
            foreach (ref float value in parameter.Value.Span)
                value *= 1.25f;
            float[] expected = Compile(network, "sliced, 1", new PlanOptions()).Forward(input).ToArray();
            foreach (Plan plan in plans)
                Close.Assert(LayerData.Doubles(expected), plan.Forward(input), 1e-4, 1e-4);
        }
    }

    [Fact]
    public void Int8_activations_are_read_as_the_values_they_stand_for()
    {
        Network network = Residual();
        float[] input = Samples(network);
        var quantizer = new Quantizer(network, batch: Batch);
        quantizer.Observe(input);
        QuantizedNetwork quantized = quantizer.Finish();
        Plan floats = quantized.Network.Compile(new PlanOptions { Batch = Batch, KeepActivations = NodeSelection.All });
        Plan int8 = quantized.Network.Compile(new PlanOptions { Batch = Batch, KeepActivations = NodeSelection.All, Quantization = quantized.Scheme });
        floats.Forward(input);
        int8.Forward(input);
        foreach (string node in quantized.Network.Nodes.Select(node => node.Name).Append(NetworkBuilder.Input))
        {
            ReadOnlySpan<float> expected = floats.ReadActivation(node).Values, actual = int8.ReadActivation(node).Values;
            float largest = Math.Abs(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude(expected));
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - actual[i]) <= 0.06f * largest, $"{node}: {expected[i]} and {actual[i]}, the largest being {largest}");
        }
        int8.Forward(input, "tanh");
        Refuses(() => int8.ReadActivation("mean"), "the last run ended at 'tanh' and did not reach 'mean'");
        PlanDescription description = int8.Describe(new CoreFigures(100, 50, 10));
        Assert.Equal(quantized.Network.Nodes.Select(node => node.Name).Order(), description.Steps.SelectMany(step => step.Nodes).Order());
        Assert.Contains(description.Steps, step => step.Algorithm == "int8 direct");
    }

    private static void Refuses(Func<object?> call, string message) => Assert.Equal(message, Assert.Throws<InvalidOperationException>(call).Message);

    private static void Refuses(Func<int> call, string message) => Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => call()).Message);

    private static Plan Compile(Network network, string engine, PlanOptions options) =>
        network.Compile(options with { Batch = Batch, Threads = 2, Blocked = engine == "blocked", Lanes = engine == "blocked" ? null : engine == "sliced, 1" ? 1 : 16 });

    /// <summary>Every kind of meeting: normalisation, a sum of branches, pooling, dropout, a view, and an activation without kinks.</summary>
    private static Network Residual(string? until = null)
    {
        var builder = new NetworkBuilder(new Shape(3, 6, 6));
        (Layer Layer, string Name, string[] From)[] nodes =
        [
            (new Conv2d(3, 17, 3, padding: 1), "conv", ["input"]), (new BatchNorm2d(17), "bn", ["conv"]), (new Tanh(), "tanh", ["bn"]),
            (new Conv2d(17, 17, 1), "next", ["tanh"]), (new Add(), "skip", ["next", "tanh"]), (new Dropout(0.3), "drop", ["skip"]),
            (new GlobalAvgPool2d(), "mean", ["drop"]), (new Flatten(), "flatten", ["mean"]), (new Linear(17, 4), "fc", ["flatten"]),
        ];
        foreach ((Layer layer, string name, string[] from) in nodes)
        {
            builder.Add(layer, name, from);
            if (name == until)
                break;
        }
        Network network = builder.Build(seed: 9);
        foreach (Parameter parameter in network.Parameters)
            if (parameter.Name is "bn.running_var" or "bn.running_mean")
                parameter.Value.Span.Fill(parameter.Name == "bn.running_var" ? 0.7f : 0.2f);
        return network;
    }

    private static float[] Statistics(Network network) =>
        [.. network.Parameters.Where(parameter => parameter.Name.StartsWith("bn.running", StringComparison.Ordinal)).SelectMany(parameter => parameter.Value.Values.ToArray())];

    private static float[] Samples(Network network) => LayerData.Inputs(network.InputShape, Batch, 4);

    private static double Dot(ReadOnlySpan<float> left, float[] right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += (double)left[i] * right[i];
        return sum;
    }
}
