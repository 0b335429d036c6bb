using Fovea.Data;
using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Tests.Training;

public class TestTimeViewsTests
{
    private static readonly Shape Image = new(2, 5, 7);

    [Theory]
    [InlineData("flip", 2)]
    [InlineData("shift", 3)]
    [InlineData("shift,flip", 6)]
    public void Views_are_counted_and_named_in_one_order(string text, int count)
    {
        TestTimeViews views = TestTimeViews.Parse(text);
        Assert.Equal(count, views.Count);
        Assert.Equal(text == "shift,flip" ? "flip,shift" : text, views.Name);
    }

    [Theory]
    [InlineData("diagonal", "unknown view 'diagonal'; right would be flip or shift")]
    [InlineData("", "unknown view ''")]
    [InlineData("flip,", "unknown view ''")]
    [InlineData("flip,flip", "twice")]
    public void Other_views_are_refused(string text, string fragment) =>
        Assert.Contains(fragment, Assert.Throws<ArgumentException>(() => TestTimeViews.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Copies_are_mirrored_and_moved_pixel_by_pixel()
    {
        float[] image = [.. Enumerable.Range(0, Image.Length).Select(i => (float)i)];
        TestTimeViews views = TestTimeViews.Parse("flip,shift");
        var copy = new float[Image.Length];
        (bool Mirrored, int Move)[] expected = [(false, 0), (true, 0), (false, 1), (true, 1), (false, -1), (true, -1)];
        for (int view = 0; view < views.Count; view++)
        {
            views.Make(view, image, Image, copy);
            (bool mirrored, int move) = expected[view];
            for (int c = 0; c < 2; c++)
                for (int y = 0; y < 5; y++)
                    for (int x = 0; x < 7; x++)
                        Assert.Equal(image[(c * 5 + Reflect(y - move, 5)) * 7 + Reflect((mirrored ? 6 - x : x) - move, 7)], copy[(c * 5 + y) * 7 + x]);
        }

        static int Reflect(int i, int length) => i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
    }

    [Fact]
    public void An_image_of_one_column_has_nothing_to_mirror_in()
    {
        var copy = new float[3];
        TestTimeViews.Parse("shift").Make(1, [1, 2, 3], new Shape(1, 3, 1), copy);
        Assert.Equal([2, 1, 2], copy);
        Assert.Throws<ArgumentException>(() => TestTimeViews.Parse("shift").Make(1, [1, 2, 3], new Shape(1, 3, 1), new float[2]));
    }

    [Theory]
    [InlineData("flip", true, 1)]
    [InlineData("shift", true, 5)]
    [InlineData("flip,shift", true, 5)]
    [InlineData("flip,shift", false, 7)]
    [InlineData("flip,shift", true, 13)]
    public void Probabilities_are_those_of_the_mean_logits(string text, bool softmax, int batch)
    {
        Network network = Classifier(symmetric: false), logits = network.WithoutSoftmax();
        TestTimeViews views = TestTimeViews.Parse(text);
        float[] images = Noise(batch);
        float[] actual = new Predictor(new Model(softmax ? network : logits), batch, views: views).Predict(images).ToArray();

        double[] weights = text switch { "flip" => [0.5, 0.5], "shift" => [0.5, 0.25, 0.25], _ => [0.25, 0.25, 0.125, 0.125, 0.125, 0.125] };
        var plan = logits.Compile(new PlanOptions());
        var copy = new float[Image.Length];
        for (int n = 0; n < batch; n++)
        {
            var mean = new double[3];
            for (int view = 0; view < views.Count; view++)
            {
                views.Make(view, images.AsSpan(n * Image.Length, Image.Length), Image, copy);
                ReadOnlySpan<float> output = plan.Forward(copy);
                for (int c = 0; c < 3; c++)
                    mean[c] += weights[view] * output[c];
            }
            double sum = mean.Sum(Math.Exp);
            for (int c = 0; c < 3; c++)
                Assert.Equal(Math.Exp(mean[c]) / sum, actual[n * 3 + c], 1e-5);
        }
    }

    [Fact]
    public void What_does_not_see_sides_says_the_same_with_views()
    {
        Network blind = Classifier(symmetric: true);
        float[] images = Noise(4);
        float[] plain = new Predictor(new Model(blind), 4).Predict(images).ToArray(), viewed = new Predictor(new Model(blind), 4, views: TestTimeViews.Parse("flip")).Predict(images).ToArray();
        for (int i = 0; i < plain.Length; i++)
            Assert.Equal(plain[i], viewed[i], 1e-6);
    }

    [Fact]
    public void Evaluation_counts_every_sample_once_and_calls_are_checked()
    {
        Network network = Classifier(symmetric: false);
        var rng = new Rng(3);
        byte[] pixels = [.. Enumerable.Range(0, 23 * Image.Length).Select(_ => (byte)rng.NextInt(256))];
        var data = new MemoryDataset("noise", Image, ["a", "b", "c"], pixels, [.. Enumerable.Range(0, 23).Select(i => i % 3)]);
        TestTimeViews views = TestTimeViews.Parse("flip,shift");
        var predictor = new Predictor(new Model(network), 23, views: views);
        var images = new float[23 * Image.Length];
        new BatchLoader(data, 23).Load(0, images, new int[23]);
        float[] whole = predictor.Predict(images).ToArray();
        var seen = new List<int>();

        // Groups of another size give the same numbers.
        new Evaluator(new Model(network), data, batchSize: 9, views: views).Evaluate(observer: (index, probabilities, label) =>
        {
            seen.Add(index);
            for (int c = 0; c < 3; c++)
                Assert.Equal(whole[index * 3 + c], probabilities[c], 1e-6);
        });

        Assert.Equal(Enumerable.Range(0, 23), seen);
        Assert.Throws<ArgumentException>(() => predictor.Predict(new float[24 * Image.Length]));
        Assert.Throws<ArgumentException>(() => predictor.Predict(new float[Image.Length + 1]));
        Assert.Throws<ArgumentException>(() => predictor.Predict([]));
    }

    private static Network Classifier(bool symmetric)
    {
        var builder = new NetworkBuilder(Image).Add(new Conv2d(2, 6, symmetric ? 1 : 3)).Add(new Tanh());
        builder = symmetric ? builder.Add(new GlobalAvgPool2d()).Add(new Flatten()).Add(new Linear(6, 3)) : builder.Add(new Flatten()).Add(new Linear(6 * 3 * 5, 3));
        return builder.Add(new Softmax()).Build(seed: 5);
    }

    private static float[] Noise(int count)
    {
        var rng = new Rng(2);
        return [.. Enumerable.Range(0, count * Image.Length).Select(_ => (float)rng.NextGaussian())];
    }
}
