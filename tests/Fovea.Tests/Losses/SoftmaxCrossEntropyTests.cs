using System.Text.Json;
using Fovea.Losses;
using Fovea.Tensors;

namespace Fovea.Tests.Losses;

public class SoftmaxCrossEntropyTests
{
    private static readonly JsonElement Golden = GoldenFile.Read("losses");

    private static double Mean(Loss loss, float[] outputs, float[] targets, int classes, out float[] rows, out float[] gradient)
    {
        int count = outputs.Length / classes;
        double weights = Enumerable.Range(0, count).Sum(r => (double)loss.Weight(targets.AsSpan(r * classes, classes)));
        rows = new float[count];
        gradient = new float[outputs.Length];
        loss.Evaluate(outputs, targets, classes, (float)(1 / weights), rows, gradient);
        return rows.Sum(row => (double)row) / weights;
    }

    private static float[] OneHot(IEnumerable<int> labels, int classes) =>
        [.. labels.SelectMany(label => Enumerable.Range(0, classes).Select(c => c == label ? 1f : 0f))];

    [Fact]
    public void Losses_means_and_gradients_are_PyTorchs_for_class_indices()
    {
        float[] logits = Golden.GetProperty("logits").Floats();
        float[] targets = OneHot(Golden.GetProperty("labels").EnumerateArray().Select(x => x.GetInt32()), 5);
        JsonElement[] cases = [.. Golden.GetProperty("crossEntropy").EnumerateArray()];
        Assert.Equal(6, cases.Length);
        foreach (JsonElement golden in cases)
        {
            JsonElement weights = golden.GetProperty("weights");
            var loss = new SoftmaxCrossEntropy(
                golden.GetProperty("smoothing").GetDouble(), weights.ValueKind == JsonValueKind.Null ? null : weights.Floats());

            double mean = Mean(loss, logits, targets, 5, out float[] rows, out float[] gradient);

            double expected = golden.GetProperty("mean").GetDouble();
            Assert.InRange(mean, expected * (1 - 1e-6), expected * (1 + 1e-6));
            Close.Assert(golden.GetProperty("rows").Doubles(), rows, 1e-7, 1e-6);
            Close.Assert(golden.GetProperty("gradient").Doubles(), gradient, 5e-8, 1e-6);
        }
    }

    [Fact]
    public void Soft_targets_without_class_weights_are_PyTorchs()
    {
        JsonElement golden = Golden.GetProperty("softTargets");
        var loss = new SoftmaxCrossEntropy(golden.GetProperty("smoothing").GetDouble());
        double mean = Mean(loss, Golden.GetProperty("logits").Floats(), golden.GetProperty("targets").Floats(), 5, out _, out float[] gradient);
        double expected = golden.GetProperty("mean").GetDouble();
        Assert.InRange(mean, expected * (1 - 1e-6), expected * (1 + 1e-6));
        Close.Assert(golden.GetProperty("gradient").Doubles(), gradient, 5e-8, 1e-6);
    }

    [Theory]
    [InlineData(2, 0.0, false)]
    [InlineData(10, 0.0, false)]
    [InlineData(10, 0.2, true)]
    [InlineData(133, 0.1, true)]
    [InlineData(1000, 0.0, true)]
    public void The_gradient_is_the_slope_of_a_double_precision_reference(int classes, double smoothing, bool weighted)
    {
        var rng = new Rng(3, (ulong)classes);
        const int rows = 3;
        float[] outputs = new float[rows * classes], targets = new float[rows * classes];
        foreach (ref float x in outputs.AsSpan())
            x = (float)rng.NextDouble(-5, 5);
        for (int r = 0; r < rows; r++)
            targets[r * classes + rng.NextInt(classes)] = 1;
        float[]? weights = weighted ? [.. Enumerable.Range(0, classes).Select(_ => (float)rng.NextDouble(0.1, 3))] : null;

        var loss = new SoftmaxCrossEntropy(smoothing, weights);
        Mean(loss, outputs, targets, classes, out float[] losses, out float[] gradient);

        double[] x64 = [.. outputs.Select(x => (double)x)];
        double totalWeight = 0;
        for (int r = 0; r < rows; r++)
        {
            double row = ReferenceRow(x64, r, out double weight);
            totalWeight += weight;
            Assert.InRange(losses[r], row * (1 - 1e-6) - 1e-7, row * (1 + 1e-6) + 1e-7);
        }
        for (int i = 0; i < x64.Length; i += 1 + classes / 20)
        {
            const double h = 1e-5;
            double kept = x64[i];
            x64[i] = kept + h;
            double above = ReferenceRow(x64, i / classes, out _);
            x64[i] = kept - h;
            double below = ReferenceRow(x64, i / classes, out _);
            x64[i] = kept;
            double slope = (above - below) / (2 * h * totalWeight);
            Assert.True(Math.Abs(slope - gradient[i]) < 1e-6, $"element {i}: slope {slope}, gradient {gradient[i]}");
        }

        double ReferenceRow(double[] x, int r, out double weight)
        {
            double sum = 0, result = 0;
            weight = 0;
            for (int c = 0; c < classes; c++)
                sum += Math.Exp(x[r * classes + c]);
            for (int c = 0; c < classes; c++)
            {
                double t = targets[r * classes + c];
                weight += t * (weights?[c] ?? 1);
                result -= (weights?[c] ?? 1) * ((1 - smoothing) * t + smoothing / classes) * Math.Log(Math.Exp(x[r * classes + c]) / sum);
            }
            return result;
        }
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.NaN, 1)]
    [InlineData(float.PositiveInfinity, 0)]
    [InlineData(float.PositiveInfinity, 1)]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(float.NegativeInfinity, 1)]
    public void An_output_that_is_no_number_is_not_hidden(float bad, int where)
    {
        float[] outputs = [1, 2, 3, 0.5f, 1, 2];
        outputs[where] = bad;
        float[] losses = new float[2];
        new SoftmaxCrossEntropy().Evaluate(outputs, [1, 0, 0, 0, 0, 1], 3, 1, losses, new float[6]);
        Assert.False(float.IsFinite(losses[0]));
        Assert.True(float.IsFinite(losses[1]));
    }

    [Fact]
    public void A_certain_and_right_answer_costs_next_to_nothing_but_not_less()
    {
        float[] losses = new float[1], gradient = new float[2];
        new SoftmaxCrossEntropy().Evaluate([20, 0], [1, 0], 2, 1, losses, gradient);
        Assert.InRange(losses[0], Math.Exp(-20) * 0.999, Math.Exp(-20) * 1.001);
        Assert.InRange(gradient[1], Math.Exp(-20) * 0.999, Math.Exp(-20) * 1.001);
    }

    [Fact]
    public void Rows_do_not_depend_on_their_neighbours_or_place()
    {
        var rng = new Rng(8);
        const int classes = 150, rows = 6;
        float[] outputs = [.. Enumerable.Range(0, rows * classes).Select(_ => (float)rng.NextGaussian())];
        float[] targets = OneHot(Enumerable.Range(0, rows), classes);
        var loss = new SoftmaxCrossEntropy(0.1);
        float[] together = new float[rows], gradient = new float[rows * classes];
        loss.Evaluate(outputs, targets, classes, 0.25f, together, gradient);
        for (int r = 0; r < rows; r++)
        {
            // Another address: one float further on.
            float[] shifted = new float[classes + 1];
            outputs.AsSpan(r * classes, classes).CopyTo(shifted.AsSpan(1));
            float[] alone = new float[1], aloneGradient = new float[classes];
            loss.Evaluate(shifted.AsSpan(1), targets.AsSpan(r * classes, classes), classes, 0.25f, alone, aloneGradient);
            Assert.Equal(together[r], alone[0]);
            Assert.Equal(gradient[(r * classes)..((r + 1) * classes)], aloneGradient);
        }
    }

    [Fact]
    public void Evaluating_allocates_nothing()
    {
        var loss = new SoftmaxCrossEntropy(0.1, [1, 2, 3]);
        float[] outputs = [1, 2, 3, 4, 5, 6], targets = [1, 0, 0, 0, 1, 0], losses = new float[2], gradient = new float[6];
        loss.Evaluate(outputs, targets, 3, 1, losses, gradient);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            loss.Evaluate(outputs, targets, 3, loss.Weight(targets.AsSpan(0, 3)), losses, gradient);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Wrong_settings_and_buffers_are_refused_with_a_reason()
    {
        Refused.With("label smoothing must be at least 0 and below 1, got 1", () => new SoftmaxCrossEntropy(1));
        Refused.With("label smoothing must be at least 0 and below 1, got NaN", () => new SoftmaxCrossEntropy(double.NaN));
        Refused.With("the weight of class 1 must be zero or more, got -2", () => new SoftmaxCrossEntropy(0, [1, -2]));
        Refused.With("class weights must not all be zero", () => new SoftmaxCrossEntropy(0, [0, 0]));
        Refused.With("class weights must not all be zero", () => new SoftmaxCrossEntropy(0, []));
        Refused.With("the loss has 2 class weights, the network 3 classes", () =>
            new SoftmaxCrossEntropy(0, [1, 2]).Evaluate(new float[3], new float[3], 3, 1, new float[1], new float[3]));
        Refused.With("2 rows of 3 classes need buffers of 6, got outputs 6, targets 5, gradient 6", () =>
            new SoftmaxCrossEntropy().Evaluate(new float[6], new float[5], 3, 1, new float[2], new float[6]));
    }

    [Fact]
    public void A_loss_is_rebuilt_from_its_description()
    {
        Loss[] losses = [new SoftmaxCrossEntropy(), new SoftmaxCrossEntropy(0.1, [1, 2]), new MeanSquaredError()];
        foreach (Loss loss in losses)
        {
            (string name, LossOptions options) = LossFactory.Describe(loss);
            Assert.Contains(name, LossFactory.Names);
            Assert.Equal(loss, LossFactory.Create(name, options));
        }
        Assert.NotEqual<Loss>(new SoftmaxCrossEntropy(0, [1, 2]), new SoftmaxCrossEntropy(0, [1, 3]));
        Refused.With("unknown loss 'hinge'; known are cross-entropy, mse", () => LossFactory.Create("hinge"));
        Refused.With("mse has no label smoothing and no class weights", () =>
            LossFactory.Create("mse", new LossOptions { LabelSmoothing = 0.1 }));
    }
}
