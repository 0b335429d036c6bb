using System.Globalization;
using Fovea.Imaging;
using Fovea.Layers;
using Fovea.Onnx.Import;
using Fovea.Onnx.Lowering;
using Fovea.Serialization;

namespace Fovea.Onnx.Tests.Import;

/// <summary>Networks with real weights, against what others compute with them.</summary>
public class RealModelTests
{
    [Fact]
    public void SqueezeNetSaysWhatItsReferenceSays()
    {
        if (TestData.Folder("squeezenet") is not { } folder)
            return;
        Model model = Load(folder);
        Assert.DoesNotContain(model.Network.Nodes, node => node.Layer is OnnxOperation);
        Assert.Equal(26, model.Network.Nodes.Count(node => node.Layer is Conv2d));
        double[] expected = [.. File.ReadLines(Path.Combine(folder, "Squeezenet_fp16_fish_input_CPU.csv")).Skip(1).Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture))];
        var probabilities = new ImageClassifier(model).Classify(Path.Combine(folder, "fish.png"), 1000).Guesses.ToDictionary(guess => guess.Class, guess => guess.Probability);
        Assert.Equal(1000, expected.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(probabilities[model.ClassNames[i]], expected[i] - 2e-3, expected[i] + 2e-3);
    }

    [Fact]
    public void SqueezeNetSeesATabby()
    {
        if (TestData.Folder("squeezenet") is not { } folder)
            return;
        Assert.Contains("tabby", new ImageClassifier(Load(folder)).Classify(Path.Combine(folder, "kitten_224.png"), 1).Guesses[0].Class, StringComparison.Ordinal);
    }

    private static Model Load(string folder) => OnnxFile.Load(Path.Combine(folder, "SqueezeNet_fp16.onnx"), new OnnxImportOptions
    {
        ClassNames = [.. File.ReadLines(Path.Combine(folder, "Labels.txt")).Select(line => line.Replace(',', ' '))],
        Channels = OnnxChannels.Bgr,
        Scale = 255,
    });
}
