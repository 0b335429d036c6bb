using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators;
using Fovea.Onnx.Operators.Calls;
using Fovea.Serialization;

namespace Fovea.Onnx.Tests.Operators;

public class GraphInterpreterTests
{
    [Fact]
    public void Functions_get_their_attributes_or_defaults_and_see_nothing_else()
    {
        var leaky = new OnnxFunction("own", "Leaky")
        {
            Inputs = ["x"],
            Outputs = ["y"],
            Defaults = [OnnxAttribute.Of("slope", 0.5f)],
            Nodes = [Node("LeakyRelu", ["x"], "y") with { Attributes = [new OnnxAttribute("alpha", OnnxAttributeKind.Float) { ReferenceTo = "slope" }] }],
            Opsets = new Dictionary<string, long> { [""] = 16 },
        };
        OnnxNode call = Node("Leaky", ["a"], "b") with { Domain = "own" };
        OnnxModel model = Model(["a"], ["b", "c"], call, call with { Outputs = ["c"], Attributes = [OnnxAttribute.Of("slope", 0.25f)] }) with { Functions = [leaky] };
        OnnxTensor[] outputs = Run(model, ("a", Floats(-4, 4)));
        Assert.Equal([-2, 4], Elements.ToDoubles(outputs[0]));
        Assert.Equal([-1, 4], Elements.ToDoubles(outputs[1]));

        OnnxFunction peeks = leaky with { Nodes = [Node("Add", ["x", "a"], "y")] };
        Assert.Contains("'a'", Assert.Throws<ModelFormatException>(() => Run(model with { Functions = [peeks] }, ("a", Floats(1)))).Message);
    }

    [Fact]
    public void A_function_that_calls_itself_is_refused()
    {
        var endless = new OnnxFunction("own", "F") { Inputs = ["x"], Outputs = ["y"], Nodes = [Node("F", ["x"], "y") with { Domain = "own" }] };
        OnnxModel model = Model(["a"], ["b"], Node("F", ["a"], "b") with { Domain = "own" }) with { Functions = [endless] };
        Assert.Contains("deep", Assert.Throws<ModelFormatException>(() => Run(model, ("a", Floats(1)))).Message);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, -1)]
    public void If_runs_one_branch_which_sees_the_graph_around_it(bool condition, double expected)
    {
        OnnxNode choice = Node("If", ["c"], "y") with
        {
            Attributes =
            [
                new OnnxAttribute("then_branch", OnnxAttributeKind.Graph) { Graph = Graph([], ["t"], Node("Add", ["a", "b"], "t")) },
                new OnnxAttribute("else_branch", OnnxAttributeKind.Graph) { Graph = Graph([], ["e"], Node("Sub", ["a", "b"], "e")) },
            ],
        };
        OnnxTensor[] outputs = Run(Model(["a", "b", "c"], ["y"], choice), ("a", Floats(1)), ("b", Floats(2)), ("c", Truth(condition)));
        Assert.Equal([expected], Elements.ToDoubles(outputs[0]));
    }

    [Fact]
    public void Loop_carries_values_and_stacks_the_others()
    {
        OnnxGraph body = Graph(["i", "go", "sum"], ["more", "next", "seen"],
            Node("Add", ["sum", "step"], "next"), Node("Identity", ["next"], "seen"), Node("Less", ["next", "most"], "more"));
        OnnxNode loop = new OnnxNode("Loop", ["n", "", "start"], ["last", "all"]) { Attributes = [new OnnxAttribute("body", OnnxAttributeKind.Graph) { Graph = body }] };
        OnnxModel model = Model(["n", "start", "step", "most"], ["last", "all"], loop);
        OnnxTensor[] Times(long n) => Run(model, ("n", Elements.FromLongs(OnnxElementType.Int64, [], [n])), ("start", Floats(0)), ("step", Floats(2)), ("most", Floats(7)));
        Assert.Equal([4], Elements.ToDoubles(Times(2)[0]));
        Assert.Equal([2, 4, 6, 8], Elements.ToDoubles(Times(100)[1]));
        Assert.Equal([4, 1], Times(100)[1].Dimensions.ToArray());
    }

    [Fact]
    public void A_missing_value_names_node_and_value()
    {
        string message = Assert.Throws<ModelFormatException>(() => Run(Model([], ["y"], Node("Relu", ["nowhere"], "y")))).Message;
        Assert.Contains("'nowhere'", message);
        Assert.Contains("'y'", message);
    }

    private static OnnxTensor[] Run(OnnxModel model, params (string Name, OnnxTensor Value)[] inputs) =>
        new GraphInterpreter(model).Run(inputs.ToDictionary(input => input.Name, input => input.Value));

    private static OnnxNode Node(string name, string[] inputs, string output) => new(name, inputs, [output]);

    private static OnnxGraph Graph(string[] inputs, string[] outputs, params OnnxNode[] nodes) => new()
    {
        Inputs = [.. inputs.Select(name => new OnnxValue(name, OnnxElementType.Float, null))],
        Outputs = [.. outputs.Select(name => new OnnxValue(name, OnnxElementType.Float, null))],
        Nodes = nodes,
    };

    private static OnnxModel Model(string[] inputs, string[] outputs, params OnnxNode[] nodes) =>
        new(Graph(inputs, outputs, nodes)) { Opsets = new Dictionary<string, long> { [""] = 17, ["own"] = 1 } };

    private static OnnxTensor Floats(params double[] values) => Elements.FromDoubles(OnnxElementType.Float, [values.Length], values);

    private static OnnxTensor Truth(bool value) => new(OnnxElementType.Bool, [], new[] { value ? (byte)1 : (byte)0 });
}
