using Fovea.Execution;
using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Import;
using Fovea.Onnx.Operators;
using Fovea.Onnx.Operators.Calls;
using Fovea.Onnx.Passes;

namespace Fovea.Onnx.Tests.Import;

/// <summary>A graph written down in a test, imported, and compared with the operators' own meaning.</summary>
internal sealed class GraphSketch(long opset = 13)
{
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxTensor> _constants = [];
    private readonly Random _random = new(1);
    private OnnxValue _input = new("x", OnnxElementType.Float, []);

    /// <summary>The sizes of the input; −1 is open.</summary>
    public GraphSketch Input(params long[] sizes)
    {
        _input = new OnnxValue("x", OnnxElementType.Float, [.. sizes.Select(size => size < 0 ? new OnnxDimension(null, "N") : new OnnxDimension(size))]);
        return this;
    }

    /// <summary>A constant of random numbers.</summary>
    public string Weight(string name, params int[] sizes)
    {
        float[] values = [.. Enumerable.Range(0, Sizes.Count(sizes)).Select(_ => (float)(_random.NextDouble() - 0.5))];
        _constants.Add(Named(FloatTensor.Of(sizes, values), name));
        return name;
    }

    public string Number(string name, float value) => Keep(Named(FloatTensor.Of([], [value]), name));

    public string Longs(string name, params long[] values) => Keep(Named(Elements.FromLongs(OnnxElementType.Int64, [values.Length], values), name));

    /// <summary>A node; its output has the given name.</summary>
    public string Node(string @operator, string output, string[] inputs, params OnnxAttribute[] attributes)
    {
        _nodes.Add(new OnnxNode(@operator, inputs, [output]) { Attributes = attributes });
        return output;
    }

    /// <summary>Imports the graph, checks that the network computes what the operators say, and gives its layers by name.</summary>
    public string Layers(string output, OnnxImportOptions? options = null)
    {
        Network network = Import(output, options ?? new OnnxImportOptions());
        return string.Join(" ", network.Nodes.Select(node => node.Layer.GetType().Name));
    }

    public Network Import(string output, OnnxImportOptions options)
    {
        var model = new OnnxModel(new OnnxGraph { Inputs = [_input], Outputs = [new OnnxValue(output, OnnxElementType.Float, null)], Nodes = _nodes, Initializers = _constants })
        {
            Opsets = new Dictionary<string, long> { [""] = opset },
        };
        Network network = GraphImport.Run(model, "sketch", options);
        int[] sizes = [.. _input.Dimensions!.Select(size => (int)(size.Size ?? 1))];
        float[] image = [.. Enumerable.Range(0, Sizes.Count(sizes)).Select(_ => (float)(_random.NextDouble() * 4 - 2))];
        OnnxTensor expected = new GraphInterpreter(model).Run(new Dictionary<string, OnnxTensor> { ["x"] = FloatTensor.Of(sizes, image) })[0];
        float[] given = network.InputShape.IsMaps && sizes is [1, _, _, 1 or 3] && network.InputShape.Channels == sizes[3] && options.TakesImages ? ChannelsFirst(image, sizes) : image;
        float[] actual = network.Compile(new PlanOptions { Threads = 1 }).Forward(given).ToArray();
        Assert.Equal(expected.Count, actual.Length);
        for (int i = 0; i < actual.Length; i++)
            Assert.InRange(actual[i], expected.Values<float>()[i] - 1e-4f * (1 + Math.Abs(expected.Values<float>()[i])), expected.Values<float>()[i] + 1e-4f * (1 + Math.Abs(expected.Values<float>()[i])));
        return network;
    }

    private string Keep(OnnxTensor tensor)
    {
        _constants.Add(tensor);
        return tensor.Name;
    }

    private static OnnxTensor Named(OnnxTensor tensor, string name) => new(tensor.ElementType, tensor.Dimensions, tensor.Bytes, name);

    private static float[] ChannelsFirst(float[] image, int[] sizes)
    {
        int pixels = sizes[1] * sizes[2], channels = sizes[3];
        var turned = new float[image.Length];
        for (int pixel = 0; pixel < pixels; pixel++)
            for (int c = 0; c < channels; c++)
                turned[c * pixels + pixel] = image[pixel * channels + c];
        return turned;
    }
}
