using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Optimizers;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Tests.Optimizers;

public class LookaheadTests
{
    private const int Length = 37;

    [Theory]
    [InlineData("sgd", 1, 0.5)]
    [InlineData("sgd", 4, 0.8)]
    [InlineData("adam", 3, 0.5)]
    public void Slow_weights_follow_every_k_steps_and_fast_ones_go_on_from_there(string name, int every, double share)
    {
        var options = new OptimizerOptions { Momentum = name == "sgd" ? 0.9 : null, WeightDecay = 0.1 };
        Optimizer plain = OptimizerFactory.Create(name, 0.05, options);
        Optimizer lookahead = OptimizerFactory.Create(name, 0.05, options with { Lookahead = every, LookaheadShare = share });
        plain.Prepare([3, Length]);
        lookahead.Prepare([3, Length]);
        float[] fast = Random(1), values = [.. fast];
        double[] slow = [.. fast.Select(x => (double)x)];
        for (int step = 1; step <= 10; step++)
        {
            float[] gradient = Random(10 + (ulong)step);
            plain.LearningRate = lookahead.LearningRate = 0.05f / step;
            plain.BeginStep();
            lookahead.BeginStep();
            plain.Update(1, 0, fast, gradient, 0.5f, decay: true);
            lookahead.Update(1, 0, values, gradient, 0.5f, decay: true);
            if (step % every == 0)
                for (int i = 0; i < Length; i++)
                {
                    slow[i] += share * (fast[i] - slow[i]);
                    fast[i] = (float)slow[i];
                }
            Close.Assert([.. fast.Select(x => (double)x)], values, 1e-6, 1e-6);
        }
    }

    [Fact]
    public void It_is_rebuilt_from_its_options_and_keeps_the_inner_name()
    {
        var lookahead = new Lookahead(new Sgd(0.1, momentum: 0.8, nesterov: true), steps: 7, share: 0.25);
        Assert.Equal("sgd", lookahead.Name);
        Assert.Equal(2, lookahead.StateCount);
        var again = Assert.IsType<Lookahead>(OptimizerFactory.Create(lookahead.Name, lookahead.LearningRate, lookahead.Options));
        Assert.Equal(lookahead.Options, again.Options);
    }

    [Theory]
    [InlineData("sgd", 7)]
    [InlineData("adamw", 13)]
    public void An_interrupted_run_goes_on_with_its_slow_weights(string name, int stopAfter)
    {
        MemoryDataset training = Digits.Generate(70, seed: 1);
        TrainingOptions options = new() { Epochs = 4, BatchSize = 16, Threads = 2 };
        float[] with = Fovea.Tests.Training.TrainingCases.ResumesExactly(
            options, () => OptimizerFactory.Create(name, 0.01, new OptimizerOptions { Lookahead = 4 }), stopAfter, training, null);
        float[] without = Fovea.Tests.Training.TrainingCases.ResumesExactly(
            options, () => OptimizerFactory.Create(name, 0.01), stopAfter, training, null);
        Assert.NotEqual(without, with);
    }

    [Fact]
    public void Wrong_settings_are_refused_with_a_reason()
    {
        Refused.With("lookahead's steps must be 1 or more, got 0", () => new Lookahead(new Sgd(0.1), 0));
        Refused.With("lookahead's share must be above 0 and at most 1, got 1.5", () => new Lookahead(new Sgd(0.1), 5, 1.5));
        Refused.With("lookahead goes around an optimizer that does not look ahead already", () => new Lookahead(new Lookahead(new Sgd(0.1))));
        Refused.With("lookahead's share needs its steps", () => OptimizerFactory.Create("sgd", 0.1, new OptimizerOptions { LookaheadShare = 0.5 }));
    }

    private static float[] Random(ulong seed)
    {
        var rng = new Rng(seed);
        return [.. Enumerable.Range(0, Length).Select(_ => (float)(2 * rng.NextDouble() - 1))];
    }
}
