using Fovea.Metrics;

namespace Fovea.Tests.Metrics;

public class CalibrationTests
{
    [Fact]
    public void Bins_and_expected_error_are_those_computed_by_hand()
    {
        var calibration = new Calibration(4);
        calibration.Add([.625f, .375f], 0);
        calibration.Add([.625f, .375f], 1);
        calibration.Add([.25f, .75f], 1);
        calibration.Add([0, 1], 1);
        calibration.Add([1, 0], 1);

        Assert.Equal([new CalibrationBin(2, 0.625, 0.5), new CalibrationBin(3, 2.75 / 3, 2.0 / 3)], calibration.Bins);
        Assert.Equal((2 * 0.125 + 3 * (2.75 / 3 - 2.0 / 3)) / 5, calibration.ExpectedError, 12);
    }

    [Fact]
    public void Who_is_right_as_often_as_he_says_has_no_error()
    {
        var calibration = new Calibration();
        for (int i = 0; i < 4; i++)
            calibration.Add([.75f, .25f], i == 0 ? 1 : 0);
        Assert.Equal(0, calibration.ExpectedError, 12);
        Assert.True(double.IsNaN(new Calibration().ExpectedError));
        Refused.With("the number of bins must be 1 or more, got 0", () => new Calibration(0));
    }
}
