using Fovea.Runs.Pages;

namespace Fovea.Runs.Tests.Pages;

public class LineChartTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(30, 10, 300)]
    [InlineData(600, 3, 400)]
    public void The_learning_rate_is_drawn_by_steps(long steps, int made, int points)
    {
        var schedule = new Schedules.OneCycle();
        IReadOnlyList<(double Epoch, double Rate)> curve = RateCurve.Of(schedule, 0.1, steps, epochs: 10, made);

        Assert.Equal(points, curve.Count);
        Assert.Equal((0.0, 0.1 * schedule.Factor(0, 10 * steps, steps)), curve[0]);
        Assert.Equal(made - 1.0 / steps, curve[^1].Epoch, 12);
        Assert.All(curve, point => Assert.Equal(0.1 * schedule.Factor((long)Math.Round(point.Epoch * steps), 10 * steps, steps), point.Rate, 12));
        Assert.Empty(RateCurve.Of(schedule, 0.1, steps, epochs: 10, made: 0));
    }

    [Fact]
    public void Axes_have_round_numbers()
    {
        string svg = LineChart.Svg("x", [new Line("y", "red", [(1, 0.03), (60, 0.97)])], y => y.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture));
        foreach (string tick in (string[])["0", "0.2", "0.4", "0.6", "0.8", "10", "20", "60"])
            Assert.Contains($">{tick}</text>", svg);
        Assert.DoesNotContain(">-0<", svg);
    }

    [Fact]
    public void Names_cannot_break_the_page() =>
        Assert.Contains("&lt;b&gt;", LineChart.Svg("<b>", [new Line("<b>", "red", [(1, double.NaN), (1, 2)])], y => y.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
