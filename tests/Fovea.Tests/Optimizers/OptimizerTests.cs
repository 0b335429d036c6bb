using System.Text.Json;
using Fovea.Optimizers;
using Fovea.Tensors;

namespace Fovea.Tests.Optimizers;

public class OptimizerTests
{
    private const int Steps = 6;

    /// <summary>Every optimiser in every form its update has.</summary>
    public static TheoryData<string, OptimizerOptions> Forms => new()
    {
        { "sgd", new OptimizerOptions { WeightDecay = 0.1 } },
        { "sgd", new OptimizerOptions { Momentum = 0.9, WeightDecay = 0.1 } },
        { "sgd", new OptimizerOptions { Momentum = 0.9, Nesterov = true, WeightDecay = 0.1 } },
        { "adam", new OptimizerOptions { WeightDecay = 0.1 } },
        { "adamw", new OptimizerOptions { WeightDecay = 0.1 } },
        { "rmsprop", new OptimizerOptions { WeightDecay = 0.1 } },
        { "rmsprop", new OptimizerOptions { Momentum = 0.9, WeightDecay = 0.1 } },
    };

    /// <summary>And lookahead around some of them.</summary>
    public static TheoryData<string, OptimizerOptions> AllForms
    {
        get
        {
            TheoryData<string, OptimizerOptions> all = Forms;
            all.Add("sgd", new OptimizerOptions { Lookahead = 2 });
            all.Add("rmsprop", new OptimizerOptions { Momentum = 0.9, Lookahead = 2, LookaheadShare = 0.8 });
            return all;
        }
    }

    [Fact]
    public void Twenty_steps_are_PyTorchs()
    {
        JsonElement golden = GoldenFile.Read("optimizers");
        float[][] gradients = [.. golden.GetProperty("gradients").EnumerateArray().Select(g => g.Floats())];
        int halveAt = golden.GetProperty("halveRateAt").GetInt32();
        JsonElement[] cases = [.. golden.GetProperty("cases").EnumerateArray()];
        Assert.Equal(10, cases.Length);
        foreach (JsonElement item in cases)
        {
            OptimizerOptions options = item.GetProperty("options").Deserialize<OptimizerOptions>()!;
            Optimizer optimizer = OptimizerFactory.Create(
                item.GetProperty("name").GetString()!, item.GetProperty("rate").GetDouble(), options);
            float[] values = golden.GetProperty("start").Floats();
            optimizer.Prepare([values.Length]);
            Dictionary<int, double[]> expected = item.GetProperty("after").EnumerateArray()
                .ToDictionary(x => x.GetProperty("steps").GetInt32(), x => x.GetProperty("values").Doubles());
            for (int step = 0; step < gradients.Length; step++)
            {
                if (step == halveAt)
                    optimizer.LearningRate /= 2;
                optimizer.BeginStep();
                optimizer.Update(0, 0, values, gradients[step], 1, decay: true);
                if (expected.Remove(step + 1, out double[]? after))
                    Close.Assert(after, values, 1e-6, 2e-6);
            }
            Assert.Empty(expected);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Steps_are_those_of_the_formulas_in_double_precision(string name, OptimizerOptions options)
    {
        const int length = 37;
        foreach (bool decay in new[] { true, false })
        {
            Optimizer optimizer = OptimizerFactory.Create(name, 0.01, options);
            optimizer.Prepare([3, length]);
            float[] values = Random(length, 1);
            double[] expected = [.. values.Select(x => (double)x)];
            double[] first = new double[length], second = new double[length];
            for (int step = 1; step <= Steps; step++)
            {
                float[] gradient = Random(length, 10 + (ulong)step);
                optimizer.BeginStep();
                optimizer.Update(1, 0, values, gradient, 0.5f, decay);
                for (int i = 0; i < length; i++)
                    expected[i] = Reference(name, options, expected[i], 0.5 * gradient[i], decay, step, ref first[i], ref second[i]);
                Close.Assert(expected, values, 1e-6, 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllForms))]
    public void How_a_parameter_is_cut_into_ranges_changes_no_bit(string name, OptimizerOptions options)
    {
        const int length = 203;
        float[] whole = Train([length]);
        Assert.Equal(whole, Train([1, 2, 3, 5, 7, 11, 13, 17, 31, 33, 80]));
        Assert.Equal(whole, Train([.. Enumerable.Repeat(1, length)]));
        Assert.Equal(whole, Train([15, 188]));

        float[] Train(int[] cuts)
        {
            Assert.Equal(length, cuts.Sum());
            Optimizer optimizer = OptimizerFactory.Create(name, 0.01, options);
            optimizer.Prepare([length]);
            float[] values = Random(length, 1);
            for (int step = 0; step < Steps; step++)
            {
                float[] gradient = Random(length, 10 + (ulong)step);
                optimizer.BeginStep();
                int start = 0;
                foreach (int cut in cuts)
                {
                    optimizer.Update(0, start, values.AsSpan(start, cut), gradient.AsSpan(start, cut), 0.7f, decay: true);
                    start += cut;
                }
            }
            return values;
        }
    }

    [Theory]
    [MemberData(nameof(AllForms))]
    public void Restoring_states_and_the_step_count_continues_without_a_trace(string name, OptimizerOptions options)
    {
        const int length = 21;
        Optimizer kept = OptimizerFactory.Create(name, 0.01, options);
        kept.Prepare([length]);
        float[] values = Random(length, 1);
        Step(kept, values, 2);
        Step(kept, values, 3);

        Optimizer restored = OptimizerFactory.Create(kept.Name, kept.LearningRate, kept.Options);
        restored.Prepare([length]);
        restored.StepCount = kept.StepCount;
        for (int state = 0; state < kept.StateCount; state++)
            kept.States[0][state].CopyTo(restored.States[0][state], 0);
        float[] resumed = [.. values];
        Step(kept, values, 4);
        Step(restored, resumed, 4);
        Assert.Equal(values, resumed);
        Assert.Equal(kept.Options, restored.Options);

        static void Step(Optimizer optimizer, float[] values, ulong stream)
        {
            optimizer.BeginStep();
            optimizer.Update(0, 0, values, Random(values.Length, stream), 1, decay: true);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_step_allocates_nothing_and_lets_NaN_through(string name, OptimizerOptions options)
    {
        Optimizer optimizer = OptimizerFactory.Create(name, 0.01, options);
        optimizer.Prepare([19]);
        float[] values = Random(19, 1), gradient = Random(19, 2);
        optimizer.BeginStep();
        optimizer.Update(0, 0, values, gradient, 1, decay: true);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++)
        {
            optimizer.BeginStep();
            optimizer.Update(0, 0, values, gradient, 1, decay: true);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.All(values, value => Assert.True(float.IsFinite(value)));

        gradient[3] = float.NaN;
        optimizer.Update(0, 0, values, gradient, 1, decay: true);
        Assert.True(float.IsNaN(values[3]));
        Assert.True(float.IsFinite(values[4]));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_valley_is_descended(string name, OptimizerOptions options)
    {
        Optimizer optimizer = OptimizerFactory.Create(name, 0.01, options with { WeightDecay = 0 });
        optimizer.Prepare([2]);
        float[] values = [3, -2];
        for (int step = 0; step < 1500; step++)
        {
            optimizer.BeginStep();
            optimizer.Update(0, 0, values, [2 * (values[0] - 1), 4 * (values[1] - 0.5f)], 1, decay: true);
        }
        Assert.InRange(values[0], 0.95, 1.05);
        Assert.InRange(values[1], 0.45, 0.55);
    }

    [Fact]
    public void Wrong_names_and_settings_are_refused_with_a_reason()
    {
        Refused.With("unknown optimizer 'adagrad'; known are sgd, adam, adamw, rmsprop", () => OptimizerFactory.Create("adagrad", 0.1));
        foreach (string name in OptimizerFactory.Names)
        {
            Refused.With("learning rate must be positive, got -1", () => OptimizerFactory.Create(name, -1));
            Refused.With("learning rate must be positive, got 0", () => OptimizerFactory.Create(name, 0));
            Refused.With("learning rate must be positive, got NaN", () => OptimizerFactory.Create(name, double.NaN));
            Refused.With("weight decay must be zero or more, got -0.5", () =>
                OptimizerFactory.Create(name, 0.1, new OptimizerOptions { WeightDecay = -0.5 }));
        }
        Refused.With("adam has no momentum", () => OptimizerFactory.Create("adam", 0.1, new OptimizerOptions { Momentum = 0.9 }));
        Refused.With("sgd has no beta1", () => OptimizerFactory.Create("sgd", 0.1, new OptimizerOptions { Beta1 = 0.9 }));
        Refused.With("rmsprop has no nesterov", () => OptimizerFactory.Create("rmsprop", 0.1, new OptimizerOptions { Nesterov = true }));
        Refused.With("nesterov needs a momentum above 0, got 0", () => new Sgd(0.1, nesterov: true));
        Refused.With("momentum must be at least 0 and below 1, got 1", () => new Sgd(0.1, momentum: 1));
        Refused.With("beta2 must be at least 0 and below 1, got 1", () => new Adam(beta2: 1));
        Refused.With("epsilon must be positive, got 0", () => new AdamW(epsilon: 0));
        Refused.With("alpha must be at least 0 and below 1, got -1", () => new RmsProp(alpha: -1));
        Refused.With("learning rate must be zero or more, got NaN", () => new Sgd(0.1).LearningRate = float.NaN);
        Refused.With("a range of 3 values needs as many gradients, got 2", () =>
            new Sgd(0.1).Update(0, 0, new float[3], new float[2], 1, decay: false));
    }

    [Fact]
    public void A_step_before_its_preparation_is_refused()
    {
        var adam = new Adam();
        Assert.Throws<InvalidOperationException>(() => adam.Update(0, 0, new float[3], new float[3], 1, decay: false));
        adam.Prepare([3]);
        Assert.Throws<InvalidOperationException>(() => adam.Update(0, 0, new float[3], new float[3], 1, decay: false));
    }

    private static float[] Random(int length, ulong stream)
    {
        var rng = new Rng(11, stream);
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
            value = (float)rng.NextGaussian();
        return values;
    }

    /// <summary>One element's step, written from the papers' formulas with rate 0.01.</summary>
    private static double Reference(
        string name, OptimizerOptions o, double w, double g, bool decay, int t, ref double first, ref double second)
    {
        const double rate = 0.01;
        double lambda = decay ? o.WeightDecay ?? 0 : 0;
        double mu = o.Momentum ?? 0;
        if (name == "adamw")
            w *= 1 - rate * lambda;
        else
            g += lambda * w;
        switch (name)
        {
            case "sgd":
                first = mu * first + g;
                return w - rate * (o.Nesterov == true ? g + mu * first : first);
            case "rmsprop":
                first = 0.99 * first + 0.01 * g * g;
                second = mu * second + g / (Math.Sqrt(first) + 1e-8);
                return w - rate * second;
            default:
                first = 0.9 * first + 0.1 * g;
                second = 0.999 * second + 0.001 * g * g;
                double mean = first / (1 - Math.Pow(0.9, t)), square = second / (1 - Math.Pow(0.999, t));
                return w - rate * mean / (Math.Sqrt(square) + 1e-8);
        }
    }
}
