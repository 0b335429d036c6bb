using System.Text.Json;
using Fovea.Losses;

namespace Fovea.Tests.Losses;

public class MeanSquaredErrorTests
{
    [Theory]
    [InlineData(new[] { .9f, .1f, .1f, .9f, .4f, .6f }, 0.76 / 3, 0.25)]
    [InlineData(new[] { .6f, .4f, .3f, .7f, .1f, .9f }, 2.12 / 3, 0.71)]
    public void Known_answer_of_two_networks_for_dog_and_cat(float[] outputs, double exact, double printed)
    {
        float[] losses = new float[3];
        new MeanSquaredError().Evaluate(outputs, [1, 0, 0, 1, 1, 0], 2, 1f / 3, losses, new float[6]);
        double mean = losses.Sum(x => (double)x) / 3;
        Assert.Equal(exact, mean, 6);
        Assert.Equal(printed, Math.Round(mean, 2));
    }

    [Fact]
    public void Mean_and_gradient_are_PyTorchs()
    {
        JsonElement golden = GoldenFile.Read("losses");
        float[] outputs = golden.GetProperty("logits").Floats()[..25];
        float[] targets = new float[25];
        for (int r = 0; r < 5; r++)
            targets[r * 5 + golden.GetProperty("labels")[r].GetInt32()] = 1;
        float[] losses = new float[5], gradient = new float[25];
        var loss = new MeanSquaredError();
        Assert.False(loss.ExpectsLogits);
        Assert.Equal(1, loss.Weight(targets.AsSpan(0, 5)));

        loss.Evaluate(outputs, targets, 5, 1f / 5, losses, gradient);

        JsonElement expected = golden.GetProperty("meanSquaredError");
        Assert.Equal(expected.GetProperty("mean").GetDouble(), losses.Sum(x => (double)x) / 5, 4);
        Close.Assert(expected.GetProperty("gradient").Doubles(), gradient, 1e-7, 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void An_output_that_is_no_number_is_not_hidden(float bad)
    {
        float[] losses = new float[2], gradient = new float[4];
        new MeanSquaredError().Evaluate([bad, 0, 1, 0], [0, 0, 1, 0], 2, 1, losses, gradient);
        Assert.False(float.IsFinite(losses[0]));
        Assert.False(float.IsFinite(gradient[0]));
        Assert.Equal(0, losses[1]);
    }
}
