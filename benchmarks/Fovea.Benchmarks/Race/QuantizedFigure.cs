using System.Numerics.Tensors;
using Fovea.Execution;
using Fovea.Networks;
using Fovea.Quantization;
using Fovea.Tensors;

namespace Fovea.Benchmarks.Race;

/// <summary>
/// A network run forward in bytes, with the weights of the same figure in floats. It is calibrated on pictures of noise
/// and must then come near the floats on others: the differences' root mean square is held against the outputs' deviation.
/// </summary>
internal static class QuantizedFigure
{
    private const int Pictures = 16;
    private const double LargestError = 0.08;

    public static void Run(string figure, string preset, int batch, RaceSetting setting)
    {
        RaceFile file = RaceFile.Open(figure.Replace("-int8", "", StringComparison.Ordinal), setting);
        Network network = file.Load(preset, classesOf: "output");
        var rng = new Rng(1);
        var quantizer = new Quantizer(network, new QuantizerOptions { Threads = setting.Threads }, batch: 1);
        for (int i = 0; i < Pictures; i++)
            quantizer.Observe(Picture(network, ref rng));
        QuantizedNetwork quantized = quantizer.Finish();
        var options = new PlanOptions { Batch = batch, Threads = setting.Threads };
        Plan floats = network.Compile(options), bytes = quantized.Network.Compile(options with { Quantization = quantized.Scheme });
        setting.Say($"{figure}-deviation", Check(figure, floats, bytes, network, ref rng), "relative");

        float[] input = file["input"];
        setting.Say(figure, batch / setting.Fastest(() => bytes.Forward(input)), "images/s");
        setting.SayAllocated(figure, () => bytes.Forward(input));
    }

    /// <summary>The relative error over many pictures, which must be small, and the best class the same for most: drawn weights tell classes barely apart.</summary>
    private static double Check(string figure, Plan floats, Plan bytes, Network network, ref Rng rng)
    {
        double errors = 0, squares = 0;
        int alike = 0;
        for (int i = 0; i < Pictures; i++)
        {
            float[] picture = Picture(network, ref rng);
            float[] expected = floats.Forward(picture).ToArray(), got = bytes.Forward(picture).ToArray();
            alike += TensorPrimitives.IndexOfMax<float>(expected) == TensorPrimitives.IndexOfMax<float>(got) ? 1 : 0;
            float mean = TensorPrimitives.Average<float>(expected);
            for (int o = 0; o < got.Length; o++)
            {
                errors += Math.Pow(got[o] - expected[o], 2);
                squares += Math.Pow(expected[o] - mean, 2);
            }
        }
        double error = Math.Sqrt(errors / squares);
        return error <= LargestError && alike > Pictures / 2
            ? error
            : throw new RaceException($"{figure}: bytes differ from floats by {error:P1} of the outputs' deviation, and agree on {alike} of {Pictures} pictures");
    }

    private static float[] Picture(Network network, ref Rng rng)
    {
        var picture = new float[network.InputShape.Length];
        foreach (ref float value in picture.AsSpan())
            value = (float)rng.NextGaussian();
        return picture;
    }
}
