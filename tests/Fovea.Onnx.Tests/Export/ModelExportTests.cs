using Fovea.Data;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Onnx.Export;
using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Layers;
using Fovea.Tests.Serialization;

namespace Fovea.Onnx.Tests.Export;

/// <summary>What an exported file says and does beyond its layers.</summary>
public sealed class ModelExportTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fovea-export").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_file_is_of_opset_17_and_IR_8_with_parameters_under_their_names_and_a_batch_of_any_size()
    {
        Model model = SampleModels.Small();
        string path = Path.Combine(_root, "small.onnx");
        model.Export(path);

        using OnnxModel file = OnnxReader.Read(path);
        Assert.Equal((8, 17), (file.IrVersion, file.Opsets[""]));
        Assert.Equal([new OnnxDimension(null, "N"), new OnnxDimension(2), new OnnxDimension(6), new OnnxDimension(6)], Assert.Single(file.Graph.Inputs).Dimensions);
        Assert.Equal([new OnnxDimension(null, "N"), new OnnxDimension(2)], Assert.Single(file.Graph.Outputs).Dimensions);
        Assert.Equal("input", file.Graph.Inputs[0].Name);
        Assert.Equal("output", file.Graph.Outputs[0].Name);
        Assert.Equal("conv1.weight", model.Network.Parameters[0].Name);
        foreach (Parameter parameter in model.Network.Parameters)
        {
            OnnxTensor tensor = file.Graph.Initializers.Single(tensor => tensor.Name == parameter.Name);
            // Kernels of a connection table lie among zeros.
            if (tensor.Count == parameter.Value.Length)
                Assert.Equal(parameter.Value.Values.ToArray(), tensor.Values<float>().ToArray());
            else
                Assert.Equal(parameter.Value.Values.ToArray(), tensor.Values<float>().ToArray().Where(value => value != 0));
        }
    }

    [Fact]
    public void Class_names_and_preprocessing_come_back_from_the_metadata()
    {
        Network network = Network.Sequential(new Shape(3, 4, 4), new Flatten(), new Linear(48, 2), new Softmax());
        var model = new Model(network, ["Katze, \"große\"", "dog"], new Normalization([0.25, 0.5, 1 / 3.0], [0.5, 1 / 3.0, 2]), new Dictionary<string, string> { ["dataset"] = "größe" }, background: [1, 2, 255]);
        IReadOnlyDictionary<string, string> metadata = OnnxExport.ToOnnx(model, new OnnxExportOptions { IncludePreprocessing = true }).Metadata;

        Assert.Equal(model.ClassNames, ModelMetadata.ReadClassNames(metadata));
        Assert.Equal(model.Normalization, ModelMetadata.ReadNormalization(metadata));
        Assert.Equal(model.Background, ModelMetadata.ReadBackground(metadata));
        Assert.Equal(model.Info, ModelMetadata.ReadInfo(metadata));
        Assert.True(ModelMetadata.IsPreprocessingIncluded(metadata));
        Assert.Equal(("[3, 4, 4]", "rgb", "logits"), (metadata[ModelMetadata.InputShape], metadata[ModelMetadata.Channels], metadata[ModelMetadata.Output]));
        using var session = new OrtSession(model);
        Assert.Equal(OnnxExport.ToOnnx(model, new OnnxExportOptions()).Metadata, session.Metadata.ToDictionary());
    }

    [Theory]
    [InlineData(ModelMetadata.ClassNames, "{}")]
    [InlineData(ModelMetadata.ClassNames, "[1]")]
    [InlineData(ModelMetadata.ClassNames, "[[[")]
    [InlineData(ModelMetadata.Mean, "[\"a\"]")]
    [InlineData(ModelMetadata.Mean, "[1, 2]")]
    [InlineData(ModelMetadata.Background, "[1, 2, 256]")]
    public void Metadata_that_are_none_are_refused(string key, string value)
    {
        var metadata = new Dictionary<string, string> { [ModelMetadata.Mean] = "[0]", [ModelMetadata.Deviation] = "[1]", [key] = value };
        string message = Assert.Throws<ModelFormatException>(() => (ModelMetadata.ReadClassNames(metadata), ModelMetadata.ReadNormalization(metadata), ModelMetadata.ReadBackground(metadata))).Message;
        Assert.Contains(key, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void With_preprocessing_the_file_takes_pixels_from_0_to_1()
    {
        Model model = SampleModels.Small();
        float[] pixels = [.. LayerData.Inputs(model.Network.InputShape, 2, seed: 1).Select(x => 0.5f + 0.2f * x)];
        float[] normalized = [.. pixels];
        foreach (int n in (int[])[0, 1])
            model.Normalization.Apply(normalized.AsSpan(n * 72, 72), model.Network.InputShape);
        using var session = new OrtSession(model, new OnnxExportOptions { IncludePreprocessing = true, IncludeSoftmax = true });
        OrtSession.AssertClose(OrtSession.Plan(model.Network, normalized), session.Run(model.Network, pixels));
    }

    [Fact]
    public void A_softmax_is_left_out_kept_or_added()
    {
        Network logits = Network.Sequential(new Shape(4), new Linear(4, 3)), probabilities = Network.Sequential(new Shape(4), new Linear(4, 3), new Softmax());
        foreach (Network network in (Network[])[logits, probabilities])
            foreach (bool include in (bool[])[false, true])
                Assert.Equal(include, OnnxExport.ToOnnx(new Model(network), new OnnxExportOptions { IncludeSoftmax = include }).Graph.Nodes.Any(node => node.Operator == "Softmax"));
        var maps = new Model(Network.Sequential(new Shape(3, 4, 4), new Conv2d(3, 2, 3)));
        Assert.Contains("one vector", Assert.Throws<ArgumentException>(() => OnnxExport.ToOnnx(maps, new OnnxExportOptions { IncludeSoftmax = true })).Message);
        var vector = new Model(logits);
        Assert.Contains("images (C, H, W)", Assert.Throws<ArgumentException>(() => OnnxExport.ToOnnx(vector, new OnnxExportOptions { IncludePreprocessing = true })).Message);
    }

    [Fact]
    public void Several_inputs_and_outputs_have_their_names()
    {
        Network network = NetworkBuilder.WithInputs(("picture", new Shape(2, 4, 4)), ("numbers", new Shape(5)))
            .Add(new Linear(5, 32), "wide")
            .Add(new Reshape(2, 4, 4), "map")
            .Add(new Add(), "sum", "picture", "map")
            .Add(new Dropout(0.5), "dropped")
            .Add(new ConstantTensor(new Shape(3), trainable: true), "fixed")
            .Add(new Concat(), "joined", "fixed", "wide")
            .Outputs("joined", "sum", "dropped", "fixed")
            .Build(seed: 3);
        LayerData.Randomize(network, seed: 9);
        using var session = new OrtSession(new Model(network));
        Assert.Equal(["picture", "numbers"], session.Inputs);
        Assert.Equal(["joined", "sum", "dropped", "fixed"], session.Outputs);
        float[] input = LayerData.Inputs(network.InputShape, 3, seed: 4);
        OrtSession.AssertClose(OrtSession.Plan(network, input), session.Run(network, input));
    }

    [Fact]
    public void An_input_that_is_also_read_whole_is_joined_again()
    {
        Network network = NetworkBuilder.WithInputs(("a", new Shape(2, 2)), ("b", new Shape(3)))
            .Add(new Linear(7, 4), "all", NetworkBuilder.Input)
            .Add(new Linear(3, 4), "some", "b")
            .Add(new Add(), "sum", "all", "some")
            .Build(seed: 3);
        float[] input = LayerData.Inputs(network.InputShape, 2, seed: 4);
        using var session = new OrtSession(new Model(network));
        OrtSession.AssertClose(OrtSession.Plan(network, input), session.Run(network, input));
    }

    [Fact]
    public void A_layer_of_the_programs_own_is_named()
    {
        var model = new Model(Network.Sequential(new Shape(4), new Unknown()));
        string message = Assert.Throws<NotSupportedException>(() => model.Export(Path.Combine(_root, "x.onnx"))).Message;
        Assert.Contains("'unknown1' is of Unknown", message);
        Assert.Empty(Directory.GetFiles(_root));
    }

    [Fact]
    public void Weights_beside_the_file_run_in_ONNX_Runtime()
    {
        Network network = Network.Sequential(new Shape(40), new Linear(40, 30));
        string path = Path.Combine(_root, "model.onnx");
        new Model(network).Export(path, new OnnxExportOptions { ExternalData = true });
        Assert.True(new FileInfo(path + ".data").Length >= 40 * 30 * 4);
        float[] input = LayerData.Inputs(network.InputShape, 2, seed: 4);
        using var session = new OrtSession(path);
        OrtSession.AssertClose(OrtSession.Plan(network, input), session.Run(network, input));
    }

    private sealed record Unknown : Layer
    {
        public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => inputs[0];
    }
}
