using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Onnx.Export;
using Fovea.Onnx.Graphs;
using Fovea.Quantization;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Layers;

namespace Fovea.Onnx.Tests.Export;

/// <summary>An int8 model rounds in ONNX Runtime where its plan rounds here.</summary>
public class QuantizedExportTests
{
    [Theory]
    [InlineData("mlp", 28, 1)]
    [InlineData("lenet5", 28, 1)]
    [InlineData("convnet-basic", 28, 1)]
    [InlineData("minivgg", 32, 3)]
    [InlineData("resnet7", 32, 3)]
    [InlineData("mobilenet_v2", 32, 3)]
    public void Int8_presets_give_in_ONNX_Runtime_what_their_plans_give(string name, int side, int channels)
    {
        Network network = PresetCatalog.Create(name, new Shape(channels, side, side), 10, seed: 4);
        float[] images = LayerData.Inputs(network.InputShape, 8, seed: 6);
        var quantizer = new Quantizer(network);
        quantizer.Observe(images);
        QuantizedNetwork quantized = quantizer.Finish();
        var model = new Model(quantized.Network, quantization: quantized.Scheme);
        Network logits = model.Network.WithoutSoftmax();

        // One image beyond what was seen, so that what is cut off matters.
        float[] wide = [.. images, .. images.AsSpan(0, network.InputShape.Length).ToArray().Select(x => 1.5f * x)];
        float[] expected = OrtSession.Plan(logits, wide, quantized.Scheme);
        float[] floats = OrtSession.Plan(logits, wide);
        using var session = new OrtSession(model);
        float[] actual = session.Run(logits, wide);

        // What rounds alike differs where a sum lies on the border between two steps, which then goes on; rounding itself errs far more.
        (double difference, double rounding) = (Distance(expected, actual), Distance(expected, floats));
        Assert.True(difference <= 0.35 * rounding, $"{name}: {difference:g3} from the plan in bytes, which is {rounding:g3} from that in floats");
    }

    [Fact]
    public void An_int8_file_holds_its_weights_as_bytes()
    {
        Network network = PresetCatalog.Create("lenet5", new Shape(1, 28, 28), 10, seed: 4);
        var quantizer = new Quantizer(network);
        quantizer.Observe(LayerData.Inputs(network.InputShape, 4, seed: 6));
        QuantizedNetwork quantized = quantizer.Finish();
        OnnxModel onnx = OnnxExport.ToOnnx(new Model(quantized.Network, quantization: quantized.Scheme), new OnnxExportOptions());
        foreach (string layer in quantized.Scheme.WeightScales.Keys)
        {
            OnnxTensor weight = onnx.Graph.Initializers.Single(tensor => tensor.Name == $"{layer}.weight_quantized");
            Assert.Equal(OnnxElementType.Int8, weight.ElementType);
            Assert.DoesNotContain(onnx.Graph.Initializers, tensor => tensor.Name == $"{layer}.weight");
        }
    }

    private static double Distance(float[] left, float[] right) => Math.Sqrt(left.Zip(right, (x, y) => ((double)x - y) * ((double)x - y)).Average());
}
