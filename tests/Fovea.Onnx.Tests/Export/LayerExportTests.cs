using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Onnx.Export;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Layers;

namespace Fovea.Onnx.Tests.Export;

/// <summary>What is exported gives in ONNX Runtime what it gives here.</summary>
public class LayerExportTests
{
    public static TheoryData<string> Layers => LayerCases.Names;

    public static TheoryData<string> Presets => [.. PresetCatalog.All.Select(preset => preset.Name)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Every_layer_gives_the_same_in_ONNX_Runtime(string name)
    {
        Network network = LayerCases.Named(name).Network();
        LayerData.Randomize(network, seed: 3);
        Compare(network, count: 3);
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void Every_preset_gives_the_same_in_ONNX_Runtime(string name)
    {
        Preset preset = PresetCatalog.Find(name);
        int side = name == "inception_v3" ? 96 : 64;
        Shape input = preset.InputShape.IsMaps && preset.InputShape.Height > side ? new Shape(3, side, side) : preset.InputShape;
        Network network = preset.Create(input, classes: 7, seed: 2);
        Compare(network, count: 2);
    }

    private static void Compare(Network network, int count)
    {
        float[] input = LayerData.Inputs(network.InputShape, count, seed: 11);
        var model = new Model(network);
        // Logits say more of a deep network than probabilities that are all but 0 and 1.
        network = network.Nodes.Count > 1 ? network.WithoutSoftmax() : network;
        using var session = new OrtSession(model, new OnnxExportOptions { IncludeSoftmax = network.Nodes[^1].Layer is Fovea.Layers.Softmax });
        OrtSession.AssertClose(OrtSession.Plan(network, input), session.Run(network, input));
        // The batch is of any size.
        OrtSession.AssertClose(OrtSession.Plan(network, input.AsSpan(0, network.InputShape.Length)), session.Run(network, input.AsSpan(0, network.InputShape.Length)));
    }
}
