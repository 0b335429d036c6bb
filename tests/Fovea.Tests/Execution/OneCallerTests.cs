using Fovea.Execution;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Quantization;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Tests.Execution;

/// <summary>A plan, predictor, evaluator or trainer that two callers use at once refuses the second and stays right.</summary>
public class OneCallerTests
{
    private const int Threads = 8;

    public static TheoryData<string> Engines => ["sliced, 1", "sliced, 16", "blocked", "quantized"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Eight_threads_with_one_plan_are_refused_or_served(string engine)
    {
        Network network = SmallNetworks.Classifier();
        const int batch = 17;
        Plan plan = Compile(network, engine, batch, false);
        float[] input = SmallNetworks.Samples(batch, 1), kept = [.. input];
        float[] expected = plan.Forward(input).ToArray();
        int refused = await Storm(() => plan.Forward(input));
        Assert.True(refused > 0, "no two calls met");
        Assert.Equal(kept, input);
        Assert.Equal(expected, plan.Forward(input).ToArray());
    }

    [Theory]
    [InlineData("sliced, 1")]
    [InlineData("sliced, 16")]
    [InlineData("blocked")]
    public async Task Eight_threads_that_train_with_one_plan_are_refused_or_served(string engine)
    {
        Network network = SmallNetworks.Classifier().WithoutSoftmax();
        const int batch = 17;
        Plan plan = Compile(network, engine, batch, true);
        float[] input = SmallNetworks.Samples(batch, 1), kept = [.. input], targets = SmallNetworks.Targets(batch);
        var loss = new SoftmaxCrossEntropy();
        double expected = plan.TrainingStep(input, targets, loss);
        float[] gradient = plan.Gradient(0).ToArray();
        int refused = await Storm(() => plan.TrainingStep(input, targets, loss));
        Assert.True(refused > 0, "no two calls met");
        Assert.Equal(kept, input);
        Assert.Equal(expected, plan.TrainingStep(input, targets, loss));
        Assert.Equal(gradient, plan.Gradient(0).ToArray());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Eight_threads_with_a_plan_each_are_right(string engine)
    {
        Network network = SmallNetworks.Classifier();
        float[] input = SmallNetworks.Samples(17, 1);
        float[] expected = Compile(network, engine, 17, false).Forward(input).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            Plan own = Compile(network, engine, 17, false);
            for (int i = 0; i < 20; i++)
                Assert.Equal(expected, own.Forward(input).ToArray());
        })));
    }

    [Fact]
    public void Every_entry_of_a_plan_is_closed_while_it_runs()
    {
        Network network = SmallNetworks.Classifier().WithoutSoftmax();
        Plan plan = Compile(network, "sliced, 16", 17, true);
        float[] input = SmallNetworks.Samples(17, 1), targets = SmallNetworks.Targets(17);
        plan.Forward(input);
        var messages = new List<string>();
        plan.TrainingStep(input, targets, new Probe(() =>
        {
            lock (messages)
                foreach (Action call in (Action[])[
                    () => plan.Forward(input), () => plan.Backward(targets), () => plan.TrainingStep(input, targets, new MeanSquaredError()), plan.Accumulate,
                    () => plan.Update(new Sgd(1)), () => plan.ReadActivation("fc1"), () => plan.ReadGradient("fc1")])
                    messages.Add(Assert.Throws<InvalidOperationException>(call).Message);
        }));
        Assert.Equal(0, messages.Count % 7);
        Assert.All(messages, message => Assert.Equal(
            "this plan is already running in another call; a plan serves one caller at a time: compile one for each thread with network.Compile(...), they share the network's parameters", message));
        plan.Forward(input);
    }

    [Fact]
    public async Task Eight_threads_with_one_predictor_are_refused_or_served()
    {
        var predictor = new Predictor(new Model(SmallNetworks.Classifier()), batch: 17);
        float[] input = SmallNetworks.Samples(17, 1), kept = [.. input];
        float[] expected = predictor.Predict(input).ToArray();
        Assert.True(await Storm(() => predictor.Predict(input)) > 0, "no two calls met");
        Assert.Equal(kept, input);
        Assert.Equal(expected, predictor.Predict(input).ToArray());
    }

    [Fact]
    public void An_evaluator_and_a_trainer_are_closed_while_they_run()
    {
        Network network = Fovea.Tests.Training.TrainingCases.Small(seed: 1);
        Fovea.Data.IDataset data = Fovea.Data.Synthetic.Digits.Generate(16, seed: 1);
        var evaluator = new Evaluator(new Model(network), data);
        string? message = null;
        evaluator.Evaluate(_ => message = Assert.Throws<InvalidOperationException>(() => evaluator.Evaluate()).Message);
        Assert.StartsWith("this evaluator is already running in another call", message, StringComparison.Ordinal);
        var trainer = new Trainer(network, new Sgd(0.01), new TrainingOptions { Epochs = 1, BatchSize = 16 });
        trainer.BatchCompleted += _ => message = Assert.Throws<InvalidOperationException>(() => trainer.Run(data)).Message;
        trainer.Run(data);
        Assert.StartsWith("this trainer is already running in another call", message, StringComparison.Ordinal);
    }

    /// <summary>How many calls were refused, of many from eight threads; any other exception fails.</summary>
    private static async Task<int> Storm(Action call)
    {
        int refused = 0;
        using var start = new Barrier(Threads);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                // At least so many rounds, and until two calls met.
                for (int i = 0; i < 200 || (Volatile.Read(ref refused) == 0 && i < 1_000_000); i++)
                    try
                    {
                        call();
                    }
                    catch (InvalidOperationException error) when (error.Message.Contains("is already running in another call", StringComparison.Ordinal))
                    {
                        Interlocked.Increment(ref refused);
                    }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return refused;
    }

    private static Plan Compile(Network network, string engine, int batch, bool training)
    {
        PlanOptions options = TestPlans.For(training).Readable() with { Batch = batch, Threads = 2 };
        if (engine != "quantized")
            return network.Compile(options with { Blocked = engine == "blocked", Lanes = engine == "sliced, 1" ? 1 : 16 });
        var quantizer = new Quantizer(network, batch: batch);
        quantizer.Observe(SmallNetworks.Samples(batch, 3));
        QuantizedNetwork quantized = quantizer.Finish();
        return quantized.Network.Compile(options with { Quantization = quantized.Scheme });
    }

    /// <summary>Calls back from within a step.</summary>
    private sealed record Probe(Action Inside) : Loss
    {
        public override bool ExpectsLogits => true;

        public override void Evaluate(
            ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int classes, float scale, Span<float> losses, Span<float> outputGradient)
        {
            Inside();
            losses.Clear();
            outputGradient.Clear();
        }
    }
}
