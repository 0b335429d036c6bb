using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Execution;

/// <summary>What holds for every plan, whatever its layers.</summary>
public class PlanPropertyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(37)]
    public void Gradients_of_a_network_agree_with_finite_differences(int batch)
    {
        Network network = SmallNetworks.Classifier();
        Plan plan = Compile(network, batch);
        float[] input = SmallNetworks.Samples(batch, seed: 3), upstream = SmallNetworks.Upstream(batch, seed: 4);
        plan.Forward(input);
        plan.Backward(upstream);
        float[] inputGradient = plan.InputGradient.ToArray();
        var rng = new Rng(5);
        for (int p = 0; p < network.TrainableParameters.Count; p++)
        {
            Span<float> values = network.TrainableParameters[p].Value.Span;
            float[] gradient = plan.Gradient(p).ToArray();
            for (int t = 0; t < 6; t++)
            {
                int i = rng.NextInt(values.Length);
                Check(ref values[i], gradient[i]);
            }
        }
        for (int t = 0; t < 10; t++)
        {
            int i = rng.NextInt(input.Length);
            Check(ref input[i], inputGradient[i]);
        }

        void Check(ref float value, float gradient)
        {
            const float step = 5e-4f;
            float kept = value;
            value = kept + step;
            double up = Numbers.Inner(plan.Forward(input), upstream);
            value = kept - step;
            double down = Numbers.Inner(plan.Forward(input), upstream);
            value = kept;
            Assert.InRange((up - down) / (2 * step), gradient - 0.02, gradient + 0.02);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(333)]
    public void The_number_of_threads_changes_no_bit(int batch)
    {
        Network network = SmallNetworks.Classifier();
        float[] input = SmallNetworks.Samples(batch, seed: 6), upstream = SmallNetworks.Upstream(batch, seed: 7), targets = SmallNetworks.Targets(batch);
        foreach (int? lanes in (int?[])[null, 1])
        {
            (float[] Everything, double Loss, float[] Gradient)[] results = [.. ((int[])[1, 2, 5]).Select(threads =>
            {
                Plan plan = Compile(network, batch, threads, lanes);
                float[] everything = SmallNetworks.Everything(plan, input, upstream);
                double loss = plan.TrainingStep(input, targets, new MeanSquaredError());
                return (everything, loss, plan.Gradient(0).ToArray());
            })];
            Assert.All(results, result =>
            {
                Assert.Equal(results[0].Everything, result.Everything);
                Assert.Equal(results[0].Loss, result.Loss);
                Assert.Equal(results[0].Gradient, result.Gradient);
            });
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Poison_in_one_sample_stays_in_its_outputs(int lanes)
    {
        Plan plan = Compile(SmallNetworks.Classifier(), 33, lanes: lanes);
        float[] input = SmallNetworks.Samples(33, seed: 8);
        float[] clean = plan.Forward(input).ToArray();
        input.AsSpan(20 * SmallNetworks.Inputs, SmallNetworks.Inputs).Fill(float.NaN);
        float[] poisoned = plan.Forward(input).ToArray();
        for (int i = 0; i < clean.Length; i++)
            Assert.True(i / SmallNetworks.Classes == 20 ? float.IsNaN(poisoned[i]) : poisoned[i] == clean[i], $"output {i}: {clean[i]}, then {poisoned[i]}");
    }

    [Theory]
    [InlineData(1, float.NaN)]
    [InlineData(16, float.NaN)]
    [InlineData(16, float.PositiveInfinity)]
    public void A_poisoned_batch_leaves_nothing_behind(int lanes, float poison)
    {
        Network network = SmallNetworks.Classifier();
        float[] bad = SmallNetworks.Samples(33, seed: 9), badUpstream = SmallNetworks.Upstream(33, seed: 10);
        for (int i = 0; i < bad.Length; i += 3)
            bad[i] = poison;
        Array.Fill(badUpstream, poison);
        Plan plan = Compile(network, 33, lanes: lanes);
        SmallNetworks.Everything(plan, bad, badUpstream);
        // Fewer samples than before, too: some lanes and slices now hold none.
        foreach (int count in (int[])[33, 18, 7])
        {
            float[] input = SmallNetworks.Samples(count, seed: 11), upstream = SmallNetworks.Upstream(count, seed: 12);
            float[] expected = SmallNetworks.Everything(Compile(network, 33, lanes: lanes), input, upstream);
            Assert.All(expected, value => Assert.True(float.IsFinite(value)));
            Assert.Equal(expected, SmallNetworks.Everything(plan, input, upstream));
        }
    }

    [Fact]
    public void Two_plans_of_one_network_run_at_once()
    {
        Network network = SmallNetworks.Classifier();
        float[][] inputs = [.. Enumerable.Range(0, 3).Select(i => SmallNetworks.Samples(64, seed: 20 + (ulong)i))];
        float[] upstream = SmallNetworks.Upstream(64, seed: 13);
        float[][] expected = [.. inputs.Select(input => SmallNetworks.Everything(Compile(network, 64, threads: 1), input, upstream))];
        Exception? error = null;
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(i => new Thread(() =>
        {
            try
            {
                Plan plan = Compile(network, 64);
                for (int run = 0; run < 15; run++)
                    Assert.Equal(expected[i], SmallNetworks.Everything(plan, inputs[i], upstream));
            }
            catch (Exception e)
            {
                error = e;
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Null(error);
    }

    [Fact]
    public void Ten_thousand_tiny_runs_or_five_seconds_of_them()
    {
        Network network = Network.Sequential(new Shape(1, 3, 3), new Conv2d(1, 2, 3), new Flatten());
        Plan plan = network.Compile(new PlanOptions { Batch = 4, Lanes = 1, Threads = 3 });
        var rng = new Rng(14);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        float[] input = Numbers.Gaussian(ref rng, 36), expected = plan.Forward(input).ToArray();
        for (int run = 0; run < 10_000 && clock.Elapsed.TotalSeconds < 5; run++)
            if (!plan.Forward(input).SequenceEqual(expected))
                Assert.Fail($"run {run} gave other outputs");
    }

    private static Plan Compile(Network network, int batch, int threads = 2, int? lanes = null) => network.Compile(PlanOptions.Training with
    {
        Batch = batch,
        Threads = threads,
        Lanes = lanes,
        InputGradient = true,
    });
}
