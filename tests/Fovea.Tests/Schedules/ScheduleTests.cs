using System.Text.Json;
using Fovea.Schedules;

namespace Fovea.Tests.Schedules;

public class ScheduleTests
{
    private static readonly JsonElement Golden = GoldenFile.Read("schedules");

    private static double[] Curve(Schedule schedule, int totalSteps, int stepsPerEpoch) =>
        [.. Enumerable.Range(0, totalSteps).Select(step => schedule.Factor(step, totalSteps, stepsPerEpoch))];

    private static void AssertEqual(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-12, $"step {i}: expected {expected[i]}, got {actual[i]}");
    }

    [Fact]
    public void Curves_are_PyTorchs()
    {
        AssertEqual(Golden.GetProperty("step").Doubles(), Curve(new StepDecay(3, 0.2), 12, 1));
        AssertEqual(Golden.GetProperty("exponential").Doubles(), Curve(new ExponentialDecay(0.8), 12, 1));
        AssertEqual(Golden.GetProperty("cosine").Doubles()[..40], Curve(new CosineDecay(0, 0.05), 40, 5));
        Assert.Equal(Golden.GetProperty("cosine")[40].GetDouble(), new CosineDecay(0, 0.05).Factor(40, 40, 5), 12);
        AssertEqual(Golden.GetProperty("oneCycle").Doubles(), Curve(new OneCycle(), 50, 5));
        AssertEqual(Golden.GetProperty("oneCycleOther").Doubles(), Curve(new OneCycle(0.45, 10, 100), 37, 5));
        AssertEqual(Golden.GetProperty("warmRestarts").Doubles(), Curve(new WarmRestarts(4, 1, 0.1), 90, 5));
        AssertEqual(Golden.GetProperty("warmRestartsGrowing").Doubles(), Curve(new WarmRestarts(3, 2), 90, 4));
    }

    [Fact]
    public void Constant_is_one_everywhere() => Assert.All(Curve(new ConstantRate(), 20, 5), factor => Assert.Equal(1, factor));

    [Fact]
    public void Stairs_fall_between_epochs_and_nowhere_else()
    {
        double[] curve = Curve(new StepDecay(2, 0.5), 35, 5);
        for (int step = 0; step < curve.Length; step++)
            Assert.Equal(Math.Pow(0.5, step / 10), curve[step]);
    }

    [Fact]
    public void Exponential_decay_falls_by_the_same_factor_every_step()
    {
        double[] curve = Curve(new ExponentialDecay(0.8), 30, 5);
        for (int step = 1; step < curve.Length; step++)
            Assert.Equal(Math.Pow(0.8, 0.2), curve[step] / curve[step - 1], 12);
        Assert.Equal(0.8, curve[5], 12);
    }

    [Fact]
    public void Cosine_rises_in_a_line_from_above_zero_and_falls_without_a_jump()
    {
        double[] curve = Curve(new CosineDecay(0.1, 0.01), 1000, 50);
        Assert.Equal(1.0 / 101, curve[0], 12);
        Assert.Equal(1, curve[100]);
        for (int step = 1; step < 1000; step++)
        {
            Assert.True(step <= 100 ? curve[step] > curve[step - 1] : curve[step] < curve[step - 1], $"step {step}");
            Assert.True(Math.Abs(curve[step] - curve[step - 1]) < 0.011, $"jump at step {step}");
        }
        Assert.InRange(curve[^1], 0.01, 0.0101);
        Assert.Equal(0.01, new CosineDecay(0.1, 0.01).Factor(5000, 1000, 50));
    }

    [Fact]
    public void One_cycle_rises_once_to_the_base_rate_and_falls_once_to_the_end()
    {
        double[] curve = Curve(new OneCycle(0.25, 20, 50), 400, 40);
        Assert.Equal(1.0 / 20, curve[0], 12);
        Assert.Equal(1, curve[99], 12);
        Assert.Equal(1.0 / 1000, curve[^1], 12);
        for (int step = 1; step < 400; step++)
        {
            Assert.True(step <= 99 ? curve[step] > curve[step - 1] : curve[step] < curve[step - 1], $"step {step}");
            Assert.True(Math.Abs(curve[step] - curve[step - 1]) < 0.016, $"jump at step {step}");
        }
        Assert.Equal(1.0 / 1000, new OneCycle(0.25, 20, 50).Factor(401, 400, 40), 12);
    }

    [Fact]
    public void A_triangle_rises_and_falls_in_straight_lines()
    {
        double[] curve = Curve(new Triangle(0.25, 0.2, 0.05), 40, 10);
        for (int step = 0; step < 40; step++)
            Assert.Equal(step <= 10 ? 0.2 + 0.08 * step : 1 - 0.95 * (step - 10) / 30.0, curve[step], 12);
        Assert.Equal(0.05, new Triangle(0.25, 0.2, 0.05).Factor(40, 40, 10), 12);
    }

    [Fact]
    public void A_warm_up_rises_in_a_line_to_what_the_schedule_begins_with_and_leaves_it_the_rest()
    {
        double[] curve = Curve(new WarmUp(new OneCycle(0, 1, 4), 1.5), 50, 10), after = Curve(new OneCycle(0, 1, 4), 35, 10);
        for (int step = 0; step < 15; step++)
            Assert.Equal((step + 1) / 16.0, curve[step], 12);
        Assert.Equal(after, curve[15..]);
        // The share of the run that cosine knows is the same thing.
        AssertEqual(Curve(new CosineDecay(0.2, 0.1), 50, 10), Curve(new WarmUp(new CosineDecay(0, 0.1), 1), 50, 10));
        // A run that is shorter than its warm-up.
        Assert.All(Curve(new WarmUp(new CosineDecay(0), 10), 5, 5), factor => Assert.InRange(factor, 0.01, 0.1));
    }

    [Fact]
    public void Runs_of_a_few_steps_keep_within_bounds()
    {
        foreach (string name in ScheduleFactory.Names)
        {
            Schedule schedule = ScheduleFactory.Create(name);
            for (int total = 1; total <= 8; total++)
            {
                Assert.All(Curve(schedule, total, 1), factor => Assert.InRange(factor, 1e-7, 1));
                Assert.Contains(Curve(schedule, total, 1), factor => factor > 0.5);
            }
        }
    }

    [Fact]
    public void A_schedule_is_rebuilt_from_its_description()
    {
        Schedule[] schedules =
        [
            new ConstantRate(), new StepDecay(7, 0.3), new ExponentialDecay(0.7), new CosineDecay(0.2, 0.1), new OneCycle(0.4, 12, 34),
            new Triangle(0.1, 0.3, 0.01), new WarmRestarts(3, 1.5, 0.2),
        ];
        foreach (Schedule schedule in schedules)
        {
            (string name, ScheduleOptions options) = ScheduleFactory.Describe(schedule);
            Assert.Equal(schedule, ScheduleFactory.Create(name, options));
        }
        Assert.Equal(ScheduleFactory.Names, schedules.Select(schedule => ScheduleFactory.Describe(schedule).Name));
        foreach (Schedule after in schedules.Where(schedule => schedule is not (OneCycle or Triangle or CosineDecay)).Append(new CosineDecay(0, 0.1)))
        {
            (string name, ScheduleOptions options) = ScheduleFactory.Describe(new WarmUp(after, 2.5));
            Assert.Equal(new WarmUp(after, 2.5), ScheduleFactory.Create(name, options));
        }
        Assert.Equal(new CosineDecay(), ScheduleFactory.Create("cosine"));
        Assert.Equal(new OneCycle(), ScheduleFactory.Create("one-cycle"));
        Assert.Equal(new OneCycle(0.3, 5, 20), ScheduleFactory.Create("one-cycle", new ScheduleOptions { Start = 0.2, Final = 0.01 }));
        Assert.Equal(new CosineDecay(0), ScheduleFactory.Create("cosine", new ScheduleOptions { WarmUpEpochs = 0 }));
        Assert.Equal(new WarmRestarts(), ScheduleFactory.Create("warm-restarts"));
        Assert.Equal(new Triangle(), ScheduleFactory.Create("triangle"));
        Assert.Equal(new StepDecay(), ScheduleFactory.Create("step"));
        Assert.Equal(new ExponentialDecay(), ScheduleFactory.Create("exponential"));
    }

    [Fact]
    public void Wrong_names_and_settings_are_refused_with_a_reason()
    {
        Refused.With("unknown schedule 'linear'; known are constant, step, exponential, cosine, one-cycle, triangle, warm-restarts", () => ScheduleFactory.Create("linear"));
        Refused.With("the schedule 'cosine' has no setting Gamma", () => ScheduleFactory.Create("cosine", new ScheduleOptions { Gamma = 0.1 }));
        Refused.With("gamma must be above 0 and at most 1, got 1.5", () => new StepDecay(1, 1.5));
        Refused.With("the length of a stair in epochs must be 1 or more, got 0", () => new StepDecay(0));
        Refused.With("gamma must be above 0 and at most 1, got 0", () => new ExponentialDecay(0));
        Refused.With("the share of warm-up must be at least 0 and below 1, got 1", () => new CosineDecay(1));
        Refused.With("the final factor must be at least 0 and below 1, got -1", () => new CosineDecay(0, -1));
        Refused.With("the place of the peak must be at least 0 and below 1, got NaN", () => new OneCycle(double.NaN));
        Refused.With("the initial divisor must be 1 or more, got 0.5", () => new OneCycle(0.3, 0.5));
        Refused.With("the final divisor must be 1 or more, got 0", () => new OneCycle(0.3, 25, 0));
        Refused.With("the final factor of 'one-cycle' must be above 0 and at most the first, 0.04, got 0.5", () => ScheduleFactory.Create("one-cycle", new ScheduleOptions { Final = 0.5 }));
        Refused.With("the schedule 'one-cycle' takes its ends as divisors or as factors, not both", () => ScheduleFactory.Create("one-cycle", new ScheduleOptions { Start = 0.5, InitialDivisor = 2 }));
        Refused.With("the schedule 'one-cycle' has no setting WarmUpEpochs", () => ScheduleFactory.Create("one-cycle", new ScheduleOptions { WarmUpEpochs = 2 }));
        Refused.With("the schedule 'cosine' takes a warm-up as a share of the run or in epochs, not both", () => ScheduleFactory.Create("cosine", new ScheduleOptions { WarmUp = 0.1, WarmUpEpochs = 2 }));
        Refused.With("the first factor must be above 0 and at most 1, got 0", () => new Triangle(0.2, 0));
        Refused.With("the first period in epochs must be 1 or more, got 0.5", () => new WarmRestarts(0.5));
        Refused.With("the growth of the periods must be 1 or more, got 0.5", () => new WarmRestarts(1, 0.5));
        Refused.With("the warm-up's epochs must be zero or more, got -1", () => new WarmUp(new ConstantRate(), -1));
    }
}
