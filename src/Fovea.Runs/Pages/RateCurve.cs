using Fovea.Schedules;

namespace Fovea.Runs.Pages;

/// <summary>The learning rate from step to step, which tells more than one value an epoch: warm-ups and restarts are short.</summary>
internal static class RateCurve
{
    private const int MaxPoints = 400;

    /// <summary>Points over the epochs of a run.</summary>
    /// <param name="schedule">What scales the rate.</param>
    /// <param name="rate">The base rate.</param>
    /// <param name="stepsPerEpoch">Updates of the weights in an epoch.</param>
    /// <param name="epochs">Epochs that were planned.</param>
    /// <param name="made">Epochs that were made.</param>
    public static IReadOnlyList<(double Epoch, double Rate)> Of(Schedule schedule, double rate, long stepsPerEpoch, int epochs, int made)
    {
        long last = made * stepsPerEpoch - 1;
        int count = (int)Math.Min(MaxPoints, last + 1);
        var points = new (double, double)[Math.Max(count, 0)];
        for (int i = 0; i < points.Length; i++)
        {
            long step = count == 1 ? 0 : i * last / (count - 1);
            points[i] = ((double)step / stepsPerEpoch, rate * schedule.Factor(step, epochs * stepsPerEpoch, stepsPerEpoch));
        }
        return points;
    }
}
