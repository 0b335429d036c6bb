using System.Globalization;
using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators;
using Fovea.Onnx.Operators.Calls;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit.Abstractions;

namespace Fovea.Onnx.Tests.Operators;

/// <summary>Single nodes with attributes that the backend cases at hand do not have, compared with ONNX Runtime.</summary>
public sealed class RuntimeComparisonTests(ITestOutputHelper output)
{
    private readonly Random _random = new(11);

    [Fact]
    public void Nodes_give_what_ONNX_Runtime_gives()
    {
        int compared = 0;
        var skipped = new List<string>();
        var wrong = new List<string>();
        foreach ((OnnxNode node, long opset, OnnxTensor?[] inputs) in Cases())
        {
            string text = $"{node.Operator} {opset} {string.Join(" ", node.Attributes.Select(Text))} ({string.Join(", ", inputs.Select(one => one is null ? "-" : $"{one.ElementType} {Sizes.Text(one.Dimensions)}"))})";
            OnnxTensor?[] actual;
            try
            {
                actual = OperatorEvaluator.Evaluate(node, opset, inputs);
            }
            catch (Serialization.ModelFormatException error)
            {
                wrong.Add($"{text}: {error.Message}");
                continue;
            }
            OnnxTensor[] expected;
            try
            {
                expected = RunInRuntime(node, opset, inputs, [.. actual.Select(one => one!.ElementType)]);
            }
            catch (OnnxRuntimeException error)
            {
                skipped.Add($"{text}: {error.Message}");
                continue;
            }
            for (int i = 0; i < expected.Length; i++)
                if (Difference(expected[i], actual[i]!) is { } difference)
                    wrong.Add($"{text}: output {i}: {difference}");
            compared++;
        }
        output.WriteLine($"{compared} compared, {skipped.Count} not run by ONNX Runtime\n" + string.Join('\n', skipped));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(compared > 250, $"{compared} compared");
    }

    private IEnumerable<(OnnxNode Node, long Opset, OnnxTensor?[] Inputs)> Cases()
    {
        OnnxTensor x = Floats(2, 3, 7, 9);
        // Resizing: every coordinate with every mode, larger and smaller.
        foreach (string mode in (string[])["nearest", "linear", "cubic"])
            foreach (string coordinates in (string[])["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"])
                foreach (float[] scales in (float[][])[[1, 1, 2, 3], [1, 1, 4 / 7f, 1 / 3f], [1, 1, 2, 1]])
                    yield return Case("Resize", 13, [x, null, Floats(scales)], ("mode", mode), ("coordinate_transformation_mode", coordinates), ("nearest_mode", "floor"));
        foreach (string rounding in (string[])["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
            yield return Case("Resize", 13, [x, null, Floats([1, 1, 0.5f, 2])], ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", rounding));
        foreach (string mode in (string[])["linear", "cubic"])
            yield return Case("Resize", 18, [x, null, null, Longs(3, 4)], ("mode", mode), ("antialias", 1), ("axes", new long[] { 2, 3 }), ("exclude_outside", 1));
        yield return Case("Resize", 13, [x, Floats([0, 0, 0.2f, 0.1f, 1, 1, 0.8f, 1.2f]), null, Longs(2, 3, 4, 5)], ("mode", "linear"), ("coordinate_transformation_mode", "tf_crop_and_resize"), ("extrapolation_value", 3f));
        yield return Case("Upsample", 9, [x, Floats([1f, 1, 2, 3])], ("mode", "nearest"));
        yield return Case("Upsample", 9, [x, Floats([1f, 1, 2, 3])], ("mode", "linear"));
        yield return Case("Upsample", 7, [x], ("mode", "nearest"), ("scales", new[] { 1f, 1, 2, 2 }));
        yield return Case("Resize", 10, [x, Floats([1f, 1, 0.6f, 0.6f])], ("mode", "nearest"));
        yield return Case("Resize", 10, [x, Floats([1f, 1, 0.6f, 0.6f])], ("mode", "linear"));

        // Windows.
        foreach (string auto in (string[])["SAME_UPPER", "SAME_LOWER", "VALID"])
            foreach (string pool in (string[])["MaxPool", "AveragePool", "LpPool"])
            {
                yield return Case(pool, 17, [x], ("kernel_shape", new long[] { 3, 2 }), ("strides", new long[] { 2, 3 }), ("auto_pad", auto));
                yield return Case(pool, 22, [x], ("kernel_shape", new long[] { 3, 2 }), ("strides", new long[] { 2, 1 }), ("dilations", new long[] { 1, 1 }), ("auto_pad", auto));
            }
        foreach (long ceil in (long[])[0, 1])
            foreach (long[] pads in (long[][])[[0, 0, 0, 0], [1, 0, 1, 1]])
            {
                yield return Case("MaxPool", 12, [x], ("kernel_shape", new long[] { 2, 3 }), ("strides", new long[] { 2, 2 }), ("dilations", new long[] { 2, 2 }), ("ceil_mode", ceil), ("pads", pads));
                foreach (long include in (long[])[0, 1])
                    yield return Case("AveragePool", 19, [x], ("kernel_shape", new long[] { 2, 3 }), ("strides", new long[] { 2, 2 }), ("ceil_mode", ceil), ("pads", pads), ("count_include_pad", include));
            }
        foreach (long order in (long[])[0, 1])
            yield return Outputs(2, Case("MaxPool", 12, [x], ("kernel_shape", new long[] { 2, 3 }), ("storage_order", order)));
        yield return Case("GlobalLpPool", 13, [x], ("p", 3));
        yield return Case("GlobalMaxPool", 13, [x]);
        yield return Case("MaxUnpool", 11, [Floats(1, 1, 2, 2), Reshaped(Longs(5, 7, 13, 15), 1, 1, 2, 2)], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
        foreach (string auto in (string[])["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"])
            yield return Case("Conv", 11, [Floats(2, 4, 7, 9), Floats(6, 2, 3, 2), Floats(6)], ("group", 2), ("auto_pad", auto), ("strides", new long[] { 2, 1 }), ("dilations", new long[] { 1, 1 }));
        yield return Case("Conv", 11, [Floats(2, 4, 7, 9), Floats(6, 2, 3, 2), Floats(6)], ("group", 2), ("pads", new long[] { 1, 0, 2, 3 }), ("dilations", new long[] { 2, 3 }));
        yield return Case("Conv", 11, [Floats(2, 4, 9), Floats(6, 4, 3)]);
        yield return Case("Conv", 11, [Floats(1, 2, 4, 5, 6), Floats(3, 2, 2, 2, 2)], ("strides", new long[] { 1, 2, 2 }));
        yield return Case("ConvTranspose", 11, [Floats(2, 4, 5, 4), Floats(4, 3, 3, 2), Floats(6)], ("group", 2), ("strides", new long[] { 2, 3 }), ("pads", new long[] { 1, 0, 0, 1 }), ("output_padding", new long[] { 1, 2 }));
        yield return Case("ConvTranspose", 11, [Floats(2, 4, 5, 4), Floats(4, 3, 3, 2)], ("strides", new long[] { 2, 2 }), ("dilations", new long[] { 2, 1 }), ("output_shape", new long[] { 12, 8 }));
        foreach (string auto in (string[])["SAME_UPPER", "SAME_LOWER", "VALID"])
            yield return Case("ConvTranspose", 11, [Floats(2, 4, 5, 4), Floats(4, 3, 3, 3)], ("strides", new long[] { 2, 2 }), ("auto_pad", auto));
        yield return Case("Col2Im", 18, [Floats(1, 12, 12), Longs(5, 4), Longs(2, 2)], ("pads", new long[] { 0, 0, 0, 0 }), ("dilations", new long[] { 1, 1 }), ("strides", new long[] { 1, 1 }));

        // Functions of single elements, every type that both take.
        foreach (string name in (string[])["Abs", "Neg", "Sign", "Ceil", "Floor", "Round", "Sqrt", "Reciprocal", "Exp", "Log", "Erf", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh", "Relu", "LeakyRelu", "ThresholdedRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Mish", "Softplus", "Softsign", "Shrink", "IsNaN", "IsInf", "Identity"])
            yield return Case(name, 18, [Elements.FromDoubles(OnnxElementType.Float, [12], [-2.5, -1.5, -0.5, 0, 0.5, 1, 1.5, 2.5, 30, -30, double.NaN, double.PositiveInfinity])]);
        foreach (string approximate in (string[])["none", "tanh"])
            yield return Case("Gelu", 20, [x], ("approximate", approximate));
        yield return Case("Abs", 13, [Integers(OnnxElementType.Int8, -128, -1, 5)]);
        foreach (long fmod in (long[])[0, 1])
            yield return Case("Mod", 13, [Integers(OnnxElementType.Int32, -7, 7, -7, 7), Integers(OnnxElementType.Int32, 3, -3, -3, 3)], ("fmod", fmod));
        yield return Case("Mod", 13, [Floats(5), Floats(5)], ("fmod", 1));
        yield return Case("Div", 14, [Integers(OnnxElementType.Int32, -7, 7, -7, 7), Integers(OnnxElementType.Int32, 3, -3, -3, 3)]);
        foreach (string name in (string[])["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "Equal"])
            yield return Case(name, 16, [Floats(2, 1, 3, 1), Floats(4, 1, 5)]);
        foreach (string name in (string[])["And", "Or", "Xor"])
            yield return Case(name, 7, [Bools(2, 1, 3), Bools(4, 1)]);
        foreach (string name in (string[])["BitwiseAnd", "BitwiseOr", "BitwiseXor"])
            yield return Case(name, 18, [Integers(OnnxElementType.Int16, -7, 9, 12), Integers(OnnxElementType.Int16, 5, 3, -1)]);
        foreach (string direction in (string[])["LEFT", "RIGHT"])
            yield return Case("BitShift", 11, [Integers(OnnxElementType.UInt8, 255, 3, 8), Integers(OnnxElementType.UInt8, 1, 7, 2)], ("direction", direction));
        yield return Case("Where", 16, [Bools(2, 1, 3), Floats(1, 4, 1), Floats(3)]);
        foreach (OnnxElementType to in (OnnxElementType[])[OnnxElementType.Int8, OnnxElementType.UInt8, OnnxElementType.Int32, OnnxElementType.Int64, OnnxElementType.Bool, OnnxElementType.Double, OnnxElementType.Float16, OnnxElementType.BFloat16])
        {
            yield return Case("Cast", 13, [Elements.FromDoubles(OnnxElementType.Float, [6], [-2.7, -0.2, 0, 0.9, 3.5, 100])], ("to", (long)to));
            yield return Case("Cast", 13, [Integers(OnnxElementType.Int64, -300, 7, 1L << 40)], ("to", (long)to));
        }

        // Movements.
        yield return Case("Slice", 13, [x, Longs(-1, 8, 100), Longs(-100, 0, -100), Longs(1, 3, 2), Longs(-1, -3, -2)]);
        yield return Case("Slice", 13, [x, Longs(1, -4), Longs(int.MaxValue, -1), Longs(2, 3), Longs(2, 1)]);
        yield return Case("Pad", 18, [x, Longs(1, 2, -1, 3), Floats([2.5f]), Longs(3, 2)], ("mode", "constant"));
        foreach (string mode in (string[])["reflect", "edge", "wrap"])
            yield return Case("Pad", 19, [x, Longs(0, 0, 2, 3, 0, 1, 4, 1)], ("mode", mode));
        yield return Case("Pad", 10, [x], ("pads", new long[] { 0, 0, 1, 2, 0, 0, 0, 1 }), ("value", 2f), ("mode", "constant"));
        yield return Case("Transpose", 13, [x], ("perm", new long[] { 2, 0, 3, 1 }));
        yield return Case("Tile", 13, [Floats(2, 3), Longs(2, 3)]);
        yield return Case("Expand", 13, [Floats(2, 1, 3), Longs(4, 1, 5, 1)]);
        foreach (string mode in (string[])["DCR", "CRD"])
            yield return Case("DepthToSpace", 13, [Floats(2, 8, 3, 2)], ("blocksize", 2), ("mode", mode));
        yield return Case("SpaceToDepth", 13, [Floats(2, 3, 4, 6)], ("blocksize", 2));
        yield return Case("ReverseSequence", 10, [Floats(4, 3, 2), Longs(1, 4, 2)], ("time_axis", 0), ("batch_axis", 1));
        yield return Case("ReverseSequence", 10, [Floats(3, 4, 2), Longs(1, 4, 2)], ("time_axis", 1), ("batch_axis", 0));
        yield return Outputs(3, Case("Split", 18, [Floats(7, 2)], ("num_outputs", 3)));
        yield return Outputs(3, Case("Split", 13, [Floats(2, 7), Longs(3, 0, 4)], ("axis", -1)));
        yield return Outputs(2, Case("Split", 11, [Floats(2, 7)], ("axis", 1), ("split", new long[] { 3, 4 })));
        yield return Case("Concat", 13, [Floats(2, 3, 2), Floats(2, 1, 2)], ("axis", -2));
        yield return Case("Gather", 13, [x, Reshaped(Longs(0, -1, 2, 1), 2, 2)], ("axis", 2));
        yield return Case("GatherElements", 13, [Floats(3, 4), Reshaped(Longs(0, 2, -1, 1), 2, 2)], ("axis", 1));
        yield return Case("GatherND", 13, [Floats(2, 3, 4), Reshaped(Longs(1, 0, 2, -1), 2, 2, 1)], ("batch_dims", 1));
        foreach (string reduction in (string[])["none", "add", "mul", "max", "min"])
        {
            yield return Case("ScatterElements", 18, [Floats(3, 4), Reshaped(Longs(0, 2, -1, 1), 2, 2), Floats(2, 2)], ("axis", 1), ("reduction", reduction));
            yield return Case("ScatterND", 18, [Floats(4, 2), Reshaped(Longs(3, 1), 2, 1), Floats(2, 2)], ("reduction", reduction));
        }
        yield return Case("OneHot", 11, [Longs(1, -1, 7, 0), Longs(4), Floats([2f, 5f])], ("axis", 0));
        yield return Case("NonZero", 13, [Bools(3, 4)]);
        yield return Case("Compress", 11, [Floats(3, 4), Bools(4)], ("axis", 1));
        yield return Case("Compress", 11, [Floats(3, 4), Bools(5)]);
        foreach (long upper in (long[])[0, 1])
            yield return Case("Trilu", 14, [Floats(2, 3, 4), Elements.FromLongs(OnnxElementType.Int64, [], [-1])], ("upper", upper));
        yield return Case("EyeLike", 9, [Floats(3, 4)], ("k", 1), ("dtype", (long)OnnxElementType.Int32));
        yield return Case("Range", 11, [Scalar(10), Scalar(4), Scalar(-1.5)]);
        yield return Case("CenterCropPad", 18, [x, Longs(4, 12)], ("axes", new long[] { 2, 3 }));

        // Reductions and order.
        foreach (string name in (string[])["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"])
        {
            yield return Case(name, 11, [x], ("axes", new long[] { -3, 3 }), ("keepdims", 0));
            yield return Case(name, 18, [x, Longs(0, 2)]);
            yield return Case(name, 18, [x], ("noop_with_empty_axes", 1));
            yield return Case(name, 18, [Integers(OnnxElementType.Int32, -3, 4, 5)]);
        }
        foreach (string name in (string[])["ArgMax", "ArgMin"])
            foreach (long last in (long[])[0, 1])
                yield return Case(name, 13, [Reshaped(Floats([1f, 3, 3, 0, 0, 2, 2, -1]), 2, 4)], ("axis", 1), ("select_last_index", last), ("keepdims", 0));
        foreach (long largest in (long[])[0, 1])
            yield return Outputs(2, Case("TopK", 11, [x, Longs(3)], ("axis", 1), ("largest", largest)));
        yield return Outputs(2, Case("TopK", 9, [x], ("axis", 2), ("k", 3)));
        foreach (long exclusive in (long[])[0, 1])
            foreach (long reverse in (long[])[0, 1])
                yield return Case("CumSum", 14, [x, Elements.FromLongs(OnnxElementType.Int64, [], [-2])], ("exclusive", exclusive), ("reverse", reverse));
        yield return Outputs(4, Case("Unique", 11, [Floats([2f, 1, 1, 3, 2])], ("sorted", 0)));
        yield return Outputs(4, Case("Unique", 11, [Reshaped(Floats([1f, 0, 0, 1, 0, 0, 2, 3, 4]), 3, 3)], ("axis", 0)));

        // Rows: both meanings of softmax.
        foreach (string name in (string[])["Softmax", "LogSoftmax", "Hardmax"])
            foreach (long opset in (long[])[11, 13])
                foreach (long axis in (long[])[0, 1, -1])
                    yield return Case(name, opset, [Floats(2, 3, 4)], ("axis", axis));
        yield return Case("LpNormalization", 1 + 12, [x], ("axis", 1), ("p", 1));
        yield return Case("MeanVarianceNormalization", 13, [x]);
        yield return Case("MeanVarianceNormalization", 13, [x], ("axes", new long[] { 1, 2 }));
        yield return Case("LRN", 13, [Floats(1, 6, 2, 2)], ("size", 4), ("alpha", 0.1f));
        yield return Case("BatchNormalization", 15, [x, Floats(3), Floats(3), Floats(3), Positive(3)]);
        yield return Case("BatchNormalization", 7, [x, Floats(3), Floats(3), Floats(3), Positive(3)], ("epsilon", 0.01f));
        yield return Case("InstanceNormalization", 6 + 1, [x, Floats(3), Floats(3)]);
        yield return Outputs(3, Case("LayerNormalization", 17, [x, Floats(7, 9), Floats(7, 9)], ("axis", -2)));
        yield return Case("GroupNormalization", 21, [Floats(2, 6, 3), Floats(6), Floats(6)], ("num_groups", 3));
        yield return Case("RMSNormalization", 23, [x, Floats(9)], ("axis", -1));

        // Products.
        yield return Case("MatMul", 13, [Floats(2, 1, 3, 4), Floats(5, 4, 2)]);
        yield return Case("MatMul", 13, [Floats(4), Floats(5, 4, 2)]);
        yield return Case("Gemm", 13, [Floats(4, 3), Floats(5, 4), Floats(3, 1)], ("alpha", 0.5f), ("beta", 2f), ("transA", 1), ("transB", 1));
        foreach ((string equation, OnnxTensor[] factors) in ((string, OnnxTensor[])[])
        [
            ("bhid,bhjd->bhij", [Floats(2, 3, 4, 5), Floats(2, 3, 6, 5)]), ("...ij,...jk->...ik", [Floats(2, 3, 4), Floats(2, 4, 5)]), ("ij->ji", [Floats(2, 3)]),
            ("ii->i", [Floats(3, 3)]), ("ij", [Floats(2, 3)]), ("i,i->", [Floats(3), Floats(3)]), ("bij,bjk,kl->bil", [Floats(2, 3, 4), Floats(2, 4, 5), Floats(5, 2)]), ("bi,bj", [Floats(2, 3), Floats(2, 4)]),
        ])
            yield return Case("Einsum", 12, [.. factors], ("equation", equation));
        yield return Case("Gemm", 11, [Integers0(OnnxElementType.Int32, 3, 2, 2), Integers0(OnnxElementType.Int32, 4, 2, 2)]);
        yield return Case("Det", 11, [Floats(2, 4, 4)]);

        // Narrow numbers.
        foreach (OnnxElementType type in (OnnxElementType[])[OnnxElementType.UInt8, OnnxElementType.Int8])
        {
            yield return Case("QuantizeLinear", 13, [x, Positive(3), Integers(type, 1, 2, 3)], ("axis", 1));
            yield return Case("DequantizeLinear", 13, [Integers(type, 1, 20, 100), Positive(3), Integers(type, 1, 2, 3)], ("axis", 0));
        }
        yield return Outputs(3, Case("DynamicQuantizeLinear", 11, [x]));
        yield return Case("MatMulInteger", 10, [Bytes(3, 4), Bytes(4, 2), Integers0(OnnxElementType.UInt8, 7), Integers0(OnnxElementType.UInt8, 3)]);
        yield return Case("ConvInteger", 10, [Bytes(1, 2, 5, 5), Bytes(3, 2, 3, 3), Integers0(OnnxElementType.UInt8, 7)], ("pads", new long[] { 1, 1, 1, 1 }), ("strides", new long[] { 2, 2 }));
        yield return Case("QLinearMatMul", 10, [Bytes(3, 4), Scalar(0.02), Integers0(OnnxElementType.UInt8, 7), Bytes(4, 2), Scalar(0.03), Integers0(OnnxElementType.UInt8, 3), Scalar(0.2), Integers0(OnnxElementType.UInt8, 100)]);
        yield return Case("QLinearConv", 10, [Bytes(1, 2, 5, 5), Scalar(0.02), Integers0(OnnxElementType.UInt8, 7), Bytes(3, 2, 3, 3), Scalar(0.03), Integers0(OnnxElementType.UInt8, 3), Scalar(0.9), Integers0(OnnxElementType.UInt8, 10), Integers(OnnxElementType.Int32, 5, -400, 600)], ("dilations", new long[] { 2, 2 }));

        // Sampling.
        foreach (string mode in (string[])["bilinear", "nearest", "bicubic"])
            foreach (string padding in (string[])["zeros", "border", "reflection"])
                foreach (long align in (long[])[0, 1])
                    yield return Case("GridSample", 16, [Floats(2, 2, 4, 5), Scaled(Floats(2, 3, 3, 2), 1.3)], ("mode", mode), ("padding_mode", padding), ("align_corners", align));
        foreach (string mode in (string[])["linear", "nearest", "cubic"])
            yield return Case("GridSample", 20, [Floats(2, 2, 4, 5), Floats(2, 3, 3, 2)], ("mode", mode), ("padding_mode", "border"));
        yield return Case("GridSample", 20, [Floats(2, 2, 4, 5, 3), Floats(2, 3, 3, 2, 3)], ("mode", "linear"), ("padding_mode", "reflection"));
        foreach (long align in (long[])[0, 1])
            yield return Case("AffineGrid", 20, [Floats(2, 2, 3), Longs(2, 3, 4, 5)], ("align_corners", align));
        yield return Case("Attention", 23, [Floats(2, 3, 4, 8), Floats(2, 3, 6, 8), Floats(2, 3, 6, 5)], ("softcap", 1.5f));
        yield return Case("Attention", 23, [Floats(2, 4, 24), Floats(2, 6, 8), Floats(2, 6, 8), Floats(4, 6)], ("q_num_heads", 3), ("kv_num_heads", 1));
        yield return Case("RotaryEmbedding", 23, [Floats(2, 3, 4, 8), Floats(2, 4, 4), Floats(2, 4, 4)], ("interleaved", 1));
    }

    private static OnnxTensor[] RunInRuntime(OnnxNode node, long opset, OnnxTensor?[] inputs, OnnxElementType[] types)
    {
        var graph = new OnnxGraph
        {
            Name = "one",
            Inputs = [.. inputs.Select((one, i) => (one, i)).Where(pair => pair.one is not null).Select(pair => new OnnxValue($"i{pair.i}", pair.one!.ElementType, [.. pair.one.Dimensions.ToArray().Select(size => new OnnxDimension(size))]))],
            Outputs = [.. node.Outputs.Select((name, i) => new OnnxValue(name, types[i], null))],
            Nodes = [node],
        };
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var session = new InferenceSession(OnnxWriter.ToBytes(new OnnxModel(graph) { Opsets = new Dictionary<string, long> { [""] = opset } }), options);
        OrtValue[] values = [.. inputs.Where(one => one is not null).Select(one => Value(one!))];
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, [.. graph.Inputs.Select(input => input.Name)], values, [.. node.Outputs]);
        foreach (OrtValue value in values)
            value.Dispose();
        return [.. results.Select(result =>
        {
            OrtTensorTypeAndShapeInfo info = result.GetTensorTypeAndShape();
            int[] sizes = [.. info.Shape.Select(size => (int)size)];
            return new OnnxTensor((OnnxElementType)info.ElementDataType, sizes, Sizes.Count(sizes) == 0 ? [] : result.GetTensorMutableRawData().ToArray());
        })];
    }

    private static OrtValue Value(OnnxTensor tensor)
    {
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)tensor.ElementType, [.. tensor.Dimensions.ToArray().Select(size => (long)size)]);
        if (tensor.Count > 0)
            tensor.Bytes.Span.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    /// <summary>Single precision inside the runtime: sums of both signs leave a rest.</summary>
    private static string? Difference(OnnxTensor expected, OnnxTensor actual)
    {
        if (BackendCase.Difference(expected, actual) is not { } difference)
            return null;
        if (expected.ElementType != OnnxElementType.Float || !expected.Dimensions.SequenceEqual(actual.Dimensions))
            return difference;
        ReadOnlySpan<float> wanted = expected.Values<float>(), got = actual.Values<float>();
        for (int i = 0; i < wanted.Length; i++)
            if (!wanted[i].Equals(got[i]) && !(Math.Abs(wanted[i] - got[i]) <= 2e-5 + (1e-4 * Math.Abs(wanted[i]))))
                return difference;
        return null;
    }

    private static (OnnxNode Node, long Opset, OnnxTensor?[] Inputs) Case(string name, long opset, OnnxTensor?[] inputs, params (string Name, object Value)[] attributes) =>
        (new OnnxNode(name, [.. inputs.Select((one, i) => one is null ? "" : $"i{i}")], ["o0"])
        {
            Name = "n",
            Attributes = [.. attributes.Select(attribute => attribute.Value switch
            {
                int value => OnnxAttribute.Of(attribute.Name, (long)value),
                long value => OnnxAttribute.Of(attribute.Name, value),
                float value => OnnxAttribute.Of(attribute.Name, value),
                string value => OnnxAttribute.Of(attribute.Name, value),
                float[] value => OnnxAttribute.Of(attribute.Name, value),
                object value => OnnxAttribute.Of(attribute.Name, (long[])value),
            })],
        }, opset, inputs);

    private static (OnnxNode Node, long Opset, OnnxTensor?[] Inputs) Outputs(int count, (OnnxNode Node, long Opset, OnnxTensor?[] Inputs) one) =>
        (one.Node with { Outputs = [.. Enumerable.Range(0, count).Select(i => $"o{i}")] }, one.Opset, one.Inputs);

    private OnnxTensor Floats(params int[] sizes) =>
        Elements.FromDoubles(OnnxElementType.Float, sizes, [.. Enumerable.Range(0, Sizes.Count(sizes)).Select(_ => (_random.Next(4001) - 2000) / 1000.0)]);

    private OnnxTensor Positive(int count) =>
        Elements.FromDoubles(OnnxElementType.Float, [count], [.. Enumerable.Range(0, count).Select(_ => (_random.Next(1000) + 1) / 1000.0)]);

    private OnnxTensor Bytes(params int[] sizes) =>
        Elements.FromDoubles(OnnxElementType.UInt8, sizes, [.. Enumerable.Range(0, Sizes.Count(sizes)).Select(_ => (double)_random.Next(256))]);

    private OnnxTensor Bools(params int[] sizes) => new(OnnxElementType.Bool, sizes, Enumerable.Range(0, Sizes.Count(sizes)).Select(_ => (byte)_random.Next(2)).ToArray());

    private static OnnxTensor Floats(float[] values) => Elements.FromDoubles(OnnxElementType.Float, [values.Length], [.. values.Select(value => (double)value)]);

    private static OnnxTensor Scalar(double value) => Elements.FromDoubles(OnnxElementType.Float, [], [value]);

    private static OnnxTensor Longs(params long[] values) => Integers(OnnxElementType.Int64, values);

    private static OnnxTensor Integers(OnnxElementType type, params long[] values) => Elements.FromLongs(type, [values.Length], values);

    private static OnnxTensor Integers0(OnnxElementType type, long value, params int[] sizes) =>
        Elements.FromLongs(type, sizes, [.. Enumerable.Repeat(value, Sizes.Count(sizes))]);

    private static OnnxTensor Reshaped(OnnxTensor tensor, params int[] sizes) => new(tensor.ElementType, sizes, tensor.Bytes);

    private static OnnxTensor Scaled(OnnxTensor tensor, double factor) =>
        Elements.FromDoubles(tensor.ElementType, tensor.Dimensions, [.. Elements.ToDoubles(tensor).Select(value => value * factor)]);

    private static string Text(OnnxAttribute attribute) => string.Create(CultureInfo.InvariantCulture, $"{attribute.Name}={attribute.Kind switch
    {
        OnnxAttributeKind.Int => $"{attribute.Int}",
        OnnxAttributeKind.Ints => string.Join(",", attribute.Ints),
        OnnxAttributeKind.Float => $"{attribute.Float}",
        _ => attribute.String,
    }}");
}
