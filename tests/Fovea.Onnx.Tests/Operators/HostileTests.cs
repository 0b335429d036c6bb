using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators;
using Fovea.Onnx.Operators.Calls;
using Fovea.Serialization;

namespace Fovea.Onnx.Tests.Operators;

/// <summary>Nodes that make no sense: one line that names the node, and nothing else.</summary>
public class HostileTests
{
    private static readonly EvaluationLimits Small = new(1 << 20, 1 << 22);

    private static readonly OnnxElementType[] Types =
    [
        OnnxElementType.Float, OnnxElementType.Float, OnnxElementType.Float, OnnxElementType.Int64, OnnxElementType.Int64, OnnxElementType.UInt8,
        OnnxElementType.Int8, OnnxElementType.Bool, OnnxElementType.String, OnnxElementType.Float16, OnnxElementType.BFloat16, OnnxElementType.Double,
        OnnxElementType.UInt64, OnnxElementType.Int32, OnnxElementType.Int4, OnnxElementType.Float8E4M3FN, OnnxElementType.Complex64,
    ];

    [Fact]
    public void Random_inputs_and_attributes_give_a_result_or_one_line_that_names_the_node()
    {
        var random = new Random(5);
        int results = 0, errors = 0;
        var faults = new Dictionary<string, string>();
        foreach (OperatorDefinition definition in OperatorTable.All.OrderBy(one => one.Name, StringComparer.Ordinal))
            for (int round = 0; round < 400; round++)
            {
                OnnxNode node = Node(definition, random);
                OnnxTensor?[] inputs = Inputs(node, random);
                try
                {
                    OnnxTensor?[] outputs = OperatorEvaluator.Evaluate(node, Math.Max(OperatorTable.OldestOpset, definition.Since), inputs, Small);
                    Assert.Equal(node.Outputs.Count, outputs.Length);
                    results++;
                }
                catch (ModelFormatException error)
                {
                    Assert.Contains("'n'", error.Message);
                    Assert.DoesNotContain("\n", error.Message);
                    errors++;
                }
                catch (Exception error) when (error is not Xunit.Sdk.XunitException)
                {
                    faults.TryAdd(
                        definition.Name + error.GetType().Name,
                        $"{definition.Name} {definition.Since}({string.Join(", ", inputs.Select(Text))}) {string.Join(", ", node.Attributes.Select(Text))}: {error}");
                }
            }
        Assert.True(faults.Count == 0, string.Join('\n', faults.Values.Take(80).Select(f => string.Join(" | ", f.Split((char)10).Take(4)))));
        Assert.True(results > 1000 && errors > 1000, $"{results} results, {errors} errors");
    }

    [Theory]
    [InlineData("ConstantOfShape", "(9223372036854775807)")]
    [InlineData("ConstantOfShape", "(100000, 100000)")]
    [InlineData("ConstantOfShape", "(-1)")]
    public void Shapes_that_are_too_large_are_refused_before_memory_is_taken(string name, string shape)
    {
        long[] sizes = [.. shape.Trim('(', ')').Split(',').Select(long.Parse)];
        var node = new OnnxNode(name, ["shape"], ["y"]);
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => OperatorEvaluator.Evaluate(node, 17, [Longs(sizes)]));
        Assert.Contains("'y'", error.Message);
    }

    [Fact]
    public void Ranges_and_tiles_that_are_too_large_are_refused()
    {
        OnnxTensor one = Elements.FromLongs(OnnxElementType.Int64, [], [1]);
        Refused(new OnnxNode("Range", ["a", "b", "c"], ["y"]), Elements.FromLongs(OnnxElementType.Int64, [], [0]), Elements.FromLongs(OnnxElementType.Int64, [], [long.MaxValue]), one);
        Refused(new OnnxNode("Tile", ["x", "r"], ["y"]), Elements.FromDoubles(OnnxElementType.Float, [2], [1, 2]), Longs(long.MaxValue / 2));
        Refused(new OnnxNode("Expand", ["x", "s"], ["y"]), Elements.FromDoubles(OnnxElementType.Float, [1], [1]), Longs(1 << 20, 1 << 20));
        Refused(new OnnxNode("MatMul", ["a", "b"], ["y"]), Elements.FromDoubles(OnnxElementType.Float, [1 << 16, 1], new double[1 << 16]), Elements.FromDoubles(OnnxElementType.Float, [1, 1 << 16], new double[1 << 16]));
    }

    [Fact]
    public void Unknown_operators_attributes_and_versions_are_named()
    {
        OnnxTensor x = Elements.FromDoubles(OnnxElementType.Float, [1], [1]);
        Assert.Contains("'Relu'", Refused(new OnnxNode("Relo", ["x"], ["y"]) { Name = "act" }, x).Message);
        Assert.Contains("'com.example' (version 1)", Assert.Throws<ModelFormatException>(() => OperatorEvaluator.Evaluate(new OnnxNode("Relu", ["x"], ["y"]) { Domain = "com.example" }, 1, [x])).Message);
        Assert.Contains("no attribute 'alpha'", Refused(new OnnxNode("Relu", ["x"], ["y"]) { Attributes = [OnnxAttribute.Of("alpha", 1f)] }, x).Message);
        Assert.Contains("operator set 20", Refused(new OnnxNode("Gelu", ["x"], ["y"]), x).Message);
        Assert.Contains("SAME_UPPER", Refused(new OnnxNode("MaxPool", ["x"], ["y"]) { Attributes = [OnnxAttribute.Of("kernel_shape", [1L]), OnnxAttribute.Of("auto_pad", "SAME")] }, Elements.FromDoubles(OnnxElementType.Float, [1, 1, 1], [1])).Message);
    }

    private static ModelFormatException Refused(OnnxNode node, params OnnxTensor?[] inputs) =>
        Assert.Throws<ModelFormatException>(() => OperatorEvaluator.Evaluate(node, 17, inputs));

    private static OnnxTensor Longs(params long[] values) => Elements.FromLongs(OnnxElementType.Int64, [values.Length], values);

    private static OnnxNode Node(OperatorDefinition definition, Random random)
    {
        int most = Math.Min(definition.Inputs.Most, definition.Inputs.Least + 2), count = definition.Inputs.Least + random.Next(most - definition.Inputs.Least + 1);
        int outputs = random.Next(4) > 0 ? 1 : 1 + random.Next(Math.Min(definition.Outputs, 4));
        return new OnnxNode(definition.Name, [.. Enumerable.Range(0, count).Select(i => $"i{i}")], [.. Enumerable.Range(0, outputs).Select(i => $"o{i}")])
        {
            Name = "n",
            Domain = definition.Domain,
            Attributes = [.. definition.AttributeNames.Where(_ => random.Next(3) == 0).Select(name => Attribute(name, random))],
        };
    }

    private static OnnxAttribute Attribute(string name, Random random)
    {
        string[] words = ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", "linear", "nearest", "cubic", "constant", "reflect", "wrap", "edge", "add", "ij,jk->ik", "...i->...", "CRD", "tf_crop_and_resize", "half_pixel", "LEFT", "not_larger"];
        long Number() => random.Next(12) switch { 0 => long.MinValue, 1 => long.MaxValue, 2 => int.MaxValue, int other => other - 5 };
        return (name, random.Next(40)) switch
        {
            ("auto_pad" or "mode" or "equation" or "reduction" or "direction" or "padding_mode" or "coordinate_transformation_mode" or "nearest_mode" or "approximate" or "keep_aspect_ratio_policy", > 1)
                => OnnxAttribute.Of(name, words[random.Next(words.Length)]),
            ("kernel_shape" or "pads" or "strides" or "dilations" or "axes" or "perm" or "starts" or "ends" or "split" or "output_shape" or "output_padding", > 1)
                => OnnxAttribute.Of(name, Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(4) == 0 ? Number() : random.Next(3)).ToArray()),
            ("alpha" or "beta" or "epsilon" or "momentum" or "ratio" or "scale" or "softcap" or "min" or "max" or "value_float" or "bias", > 1) => OnnxAttribute.Of(name, (float)random.Next(5)),
            (_, 0) => OnnxAttribute.Of(name, "x"),
            (_, 1) => OnnxAttribute.Of(name, [1L, 2]),
            _ => OnnxAttribute.Of(name, random.Next(4) > 0 ? random.Next(3) : Number()),
        };
    }

    private static OnnxTensor?[] Inputs(OnnxNode node, Random random)
    {
        var inputs = new OnnxTensor?[node.Inputs.Count];
        // Inputs of one kind more often than not, or nearly everything would be refused at once.
        OnnxElementType usual = Types[random.Next(Types.Length)];
        int rank = random.Next(5);
        int[] shape = [.. Enumerable.Range(0, rank).Select(_ => random.Next(4))];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (random.Next(30) == 0)
                continue;
            int[] sizes = random.Next(3) > 0 ? shape : [.. Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(4))];
            OnnxElementType type = random.Next(5) > 0 ? usual : Types[random.Next(Types.Length)];
            inputs[i] = Tensor(type, sizes, random);
        }
        return inputs;
    }

    private static OnnxTensor Tensor(OnnxElementType type, int[] sizes, Random random)
    {
        int count = Sizes.Count(sizes);
        if (type == OnnxElementType.String)
            return new OnnxTensor(sizes, [.. Enumerable.Range(0, count).Select(i => $"{random.Next(3)}")]);
        if (type == OnnxElementType.Complex64)
            return new OnnxTensor(type, sizes, new byte[8 * count]);
        double[] values = [.. Enumerable.Range(0, count).Select(_ => random.Next(20) switch { 0 => 1e300, 1 => -1e300, 2 => double.NaN, int other => other - 8.0 })];
        if (type == OnnxElementType.Bool)
            return new OnnxTensor(type, sizes, values.Select(value => value > 0 ? (byte)1 : (byte)0).ToArray());
        return type.IsNarrow() ? NarrowTypes.FromDoubles(type, sizes, values) : Elements.FromDoubles(type, sizes, values);
    }

    private static string Text(OnnxTensor? tensor) => tensor is null ? "-" : $"{tensor.ElementType} {Sizes.Text(tensor.Dimensions)}";

    private static string Text(OnnxAttribute attribute) => attribute.Kind switch
    {
        OnnxAttributeKind.Int => $"{attribute.Name}={attribute.Int}",
        OnnxAttributeKind.Ints => $"{attribute.Name}=[{string.Join(", ", attribute.Ints)}]",
        OnnxAttributeKind.Float => $"{attribute.Name}={attribute.Float}",
        _ => $"{attribute.Name}='{attribute.String}'",
    };
}
