using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests;

public class SmokeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(37)]
    public void Gradients_of_a_small_network_agree_with_finite_differences(int batch)
    {
        Network network = Network.Sequential(
            new Shape(2, 9, 8), new Conv2d(2, 7, 3, stride: 2, padding: 1), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(7 * 2 * 2, 5), new Softmax());
        Plan plan = network.Compile(new PlanOptions { Batch = batch, Mode = PlanMode.Training, InputGradient = true, Threads = 2 });
        var rng = new Rng(3);
        float[] input = new float[batch * 144], upstream = new float[batch * 5];
        foreach (ref float x in input.AsSpan())
            x = (float)rng.NextGaussian();
        foreach (ref float x in upstream.AsSpan())
            x = (float)rng.NextGaussian();
        Objective(plan, input, upstream);
        plan.Backward(upstream);
        float[] inputGradient = plan.InputGradient.ToArray();
        for (int p = 0; p < network.TrainableParameters.Count; p++)
        {
            float[] gradient = plan.Gradient(p).ToArray();
            for (int t = 0; t < 6; t++)
            {
                int i = rng.NextInt(gradient.Length);
                Span<float> values = network.TrainableParameters[p].Value.Span;
                Check(ref values[i], gradient[i], () => Objective(plan, input, upstream));
            }
        }
        for (int t = 0; t < 10; t++)
        {
            int i = rng.NextInt(input.Length);
            Check(ref input[i], inputGradient[i], () => Objective(plan, input, upstream));
        }
    }

    private static void Check(ref float value, float gradient, Func<double> objective)
    {
        float kept = value;
        const float h = 5e-4f;
        value = kept + h;
        double up = objective();
        value = kept - h;
        double down = objective();
        value = kept;
        Assert.InRange((up - down) / (2 * h), gradient - 0.02, gradient + 0.02);
    }

    private static double Objective(Plan plan, float[] input, float[] upstream)
    {
        double sum = 0;
        ReadOnlySpan<float> outputs = plan.Forward(input);
        for (int i = 0; i < upstream.Length; i++)
            sum += (double)outputs[i] * upstream[i];
        return sum;
    }
}
