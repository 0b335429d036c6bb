using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Tests.Initializers;

public class InitializerTests
{
    private const int Count = 200_000, FanIn = 75, FanOut = 150;

    /// <summary>Initialiser, mean, deviation, and the bound no value may pass (0: none).</summary>
    public static TheoryData<string, double[], double, double, double> Rules => new()
    {
        { "gaussian", [0.5], 0, 0.5, 0 },
        { "gaussian", [2, -3], -3, 2, 0 },
        { "uniform", [-0.2, 0.2], 0, 0.2 / Math.Sqrt(3), 0.2 },
        { "uniform", [1, 3], 2, 1 / Math.Sqrt(3), 3 },
        { "xavier-uniform", [], 0, Math.Sqrt(2.0 / 225), Math.Sqrt(6.0 / 225) },
        { "xavier-normal", [], 0, Math.Sqrt(2.0 / 225), 0 },
        { "he-uniform", [], 0, Math.Sqrt(2.0 / 75), Math.Sqrt(6.0 / 75) },
        { "he-normal", [], 0, Math.Sqrt(2.0 / 75), 0 },
        { "lecun-uniform", [], 0, 1 / Math.Sqrt(75), Math.Sqrt(3.0 / 75) },
        { "lecun-normal", [], 0, 1 / Math.Sqrt(75), 0 },
        { "fan-in-uniform", [], 0, 1 / Math.Sqrt(3 * 75), 1 / Math.Sqrt(75) },
    };

    private static float[] Draw(Initializer initializer, ulong seed)
    {
        var rng = new Rng(seed);
        float[] values = new float[Count];
        initializer.Fill(values, FanIn, FanOut, ref rng);
        return values;
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Mean_deviation_bounds_and_form_are_the_rules(string name, double[] settings, double mean, double deviation, double bound)
    {
        float[] values = Draw(InitializerFactory.Create(name, settings), 1);

        double gotMean = values.Average(x => (double)x);
        double gotVariance = values.Average(x => (x - gotMean) * (x - gotMean));
        double kurtosis = values.Average(x => Math.Pow((x - gotMean) / deviation, 4));
        // Five standard errors of the mean; the deviation's own is about 1 / √(2 · count) of it.
        Assert.InRange(gotMean, mean - 5 * deviation / Math.Sqrt(Count), mean + 5 * deviation / Math.Sqrt(Count));
        Assert.InRange(Math.Sqrt(gotVariance) / deviation, 0.99, 1.01);
        Assert.InRange(kurtosis, bound > 0 ? 1.75 : 2.9, bound > 0 ? 1.85 : 3.1);
        if (bound > 0)
        {
            Assert.All(values, x => Assert.True(Math.Abs(x) <= (float)bound));
            Assert.True(values.Max() > mean + 0.999 * Math.Sqrt(3) * deviation);
        }
    }

    /// <summary>Lengths around the pieces in which logarithms and cosines are taken; the stream goes on where it should.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(257)]
    [InlineData(100_001)]
    public void Normal_values_are_the_streams_own(int length)
    {
        Rng rng = new(7, 2), expected = new(7, 2);
        float[] values = new float[length];
        new Gaussian(0.5, 3).Fill(values, 1, 1, ref rng);
        foreach (float value in values)
            Assert.Equal(3 + 0.5 * expected.NextGaussian(), value, 1e-6);
        Assert.Equal(expected.NextUInt64(), rng.NextUInt64());
    }

    [Fact]
    public void The_same_stream_gives_the_same_values_and_another_others()
    {
        foreach (string name in InitializerFactory.Names.Where(name => name.Contains('-', StringComparison.Ordinal)))
        {
            Initializer initializer = InitializerFactory.Create(name);
            float[] values = Draw(initializer, 5);
            Assert.Equal(values, Draw(initializer, 5));
            Assert.NotEqual(values, Draw(initializer, 6));
        }
    }

    [Fact]
    public void An_initializer_is_rebuilt_from_its_description()
    {
        Initializer[] all =
        [
            new Constant(0.5f), new Gaussian(0.1, 2), new Uniform(-1, 3), new Xavier(Distribution.Uniform), new Xavier(Distribution.Normal),
            new He(Distribution.Uniform), new He(Distribution.Normal), new LeCun(Distribution.Uniform), new LeCun(Distribution.Normal),
            new FanInUniform(),
        ];
        foreach (Initializer initializer in all)
        {
            (string name, double[] settings) = InitializerFactory.Describe(initializer);
            Assert.Equal(initializer, InitializerFactory.Create(name, settings));
        }
        Assert.Equal(InitializerFactory.Names, all.Select(initializer => InitializerFactory.Describe(initializer).Name));
    }

    [Fact]
    public void Wrong_names_and_settings_are_refused_with_a_reason()
    {
        Refused.With(
            "unknown initializer 'orthogonal'; known are constant, gaussian, uniform, xavier-uniform, xavier-normal, "
            + "he-uniform, he-normal, lecun-uniform, lecun-normal, fan-in-uniform",
            () => InitializerFactory.Create("orthogonal"));
        Refused.With("the initializer 'uniform' takes two settings, the lower and the upper bound, got 1", () => InitializerFactory.Create("uniform", 1));
        Refused.With("the initializer 'he-normal' takes no settings, got 1", () => InitializerFactory.Create("he-normal", 1));
        Refused.With("the deviation must be zero or more, got -1", () => new Gaussian(-1));
        Refused.With("the upper bound must be at least the lower, 2, got 1.5", () => new Uniform(2, 1.5));
        Refused.With("fan-in must be 1 or more, got 0", () =>
        {
            var rng = new Rng(1);
            new He().Fill(new float[2], 0, 1, ref rng);
        });
    }
}
