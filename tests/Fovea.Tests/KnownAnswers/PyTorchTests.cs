using System.Text.Json;
using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Tensors;

namespace Fovea.Tests.KnownAnswers;

/// <summary>The same numbers as PyTorch 1.13: tools/golden/conv2d.py.</summary>
public class PyTorchTests
{
    private static readonly JsonElement Golden = GoldenFile.Read("conv2d");

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Convolutions_and_their_gradients(int lanes)
    {
        uint number = 0;
        foreach (JsonElement c in Golden.GetProperty("convolutions").EnumerateArray())
        {
            var draw = new Draw(number++);
            int batch = c.GetProperty("batch").GetInt32(), ins = c.GetProperty("in").GetInt32(), outs = c.GetProperty("out").GetInt32();
            Size2 input = Pair("input");
            var layer = new Conv2d(ins, outs, Pair("kernel"), Pair("stride"), (Pair("padding").Height, Pair("padding").Width),
                Pair("dilation"), c.GetProperty("groups").GetInt32(), c.GetProperty("bias").GetBoolean());
            Network network = Network.Sequential(new Shape(ins, input.Height, input.Width), layer);
            Plan plan = network.Compile(PlanOptions.Training with { Batch = batch, Lanes = lanes, InputGradient = true });
            float[] x = draw.Next(batch * network.InputShape.Length);
            foreach (Parameter parameter in network.Parameters)
                draw.Next(parameter.Value.Length).CopyTo(parameter.Value.Span);
            plan.Forward(x);
            plan.Backward(draw.Next(batch * network.OutputShape.Length));
            Agree("output", plan.Outputs);
            Agree("inputGradient", plan.InputGradient);
            Agree("weightGradient", plan.Gradient(0));
            if (layer.Bias)
                Agree("biasGradient", plan.Gradient(1));

            Size2 Pair(string name) => new(c.GetProperty(name)[0].GetInt32(), c.GetProperty(name)[1].GetInt32());

            void Agree(string name, ReadOnlySpan<float> actual) => Close.Assert(c.GetProperty(name).Doubles(), actual, 1e-5, 1e-6);
        }
    }

    [Fact]
    public void Two_steps_of_training_LeNet()
    {
        Network network = Network.Sequential(
            new Shape(1, 28, 28), new Conv2d(1, 6, 5, padding: 2), new ReLU(), new MaxPool2d(2), new Conv2d(6, 16, 5), new ReLU(),
            new MaxPool2d(2), new Flatten(), new Linear(400, 120), new ReLU(), new Linear(120, 84), new ReLU(), new Linear(84, 10));
        var draw = new Draw(1999);
        foreach (Parameter parameter in network.Parameters)
        {
            double fanIn = parameter.Spec.FanIn;
            float[] values = draw.Next(parameter.Value.Length);
            for (int i = 0; i < values.Length; i++)
                parameter.Value.Span[i] = (float)(values[i] / Math.Sqrt(fanIn));
        }
        var sgd = new Sgd(0.05, momentum: 0.9);
        sgd.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
        Plan plan = network.Compile(PlanOptions.Training with { Batch = 20 });
        JsonElement golden = Golden.GetProperty("lenet");
        for (int step = 0; step < 2; step++)
        {
            float[] targets = new float[200];
            for (int n = 0; n < 20; n++)
                targets[n * 10 + (3 * n + step) % 10] = 1;
            double loss = plan.TrainingStep(draw.Next(20 * 784), targets, new SoftmaxCrossEntropy());
            Assert.Equal(golden.GetProperty("losses")[step].GetDouble(), loss, 1e-6);
            plan.Update(sgd);
        }
        int every = golden.GetProperty("every").GetInt32();
        for (int p = 0; p < network.Parameters.Count; p++)
        {
            float[] values = network.Parameters[p].Value.Span.ToArray();
            float[] kept = values.Length <= 150 ? values : [.. values.Where((_, i) => i % every == 0)];
            Close.Assert(golden.GetProperty("parameters")[p].Doubles(), kept, 1e-7, 1e-5);
        }
    }

    /// <summary>The script's generator: multiples of 1/1024 in [−1, 1).</summary>
    private sealed class Draw(uint state)
    {
        private uint _state = state;

        public float[] Next(int length)
        {
            var values = new float[length];
            foreach (ref float value in values.AsSpan())
            {
                _state = unchecked(_state * 1664525 + 1013904223);
                value = (_state >> 21) / 1024f - 1;
            }
            return values;
        }
    }
}
