using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators;
using Fovea.Onnx.Operators.Calls;
using Fovea.Onnx.Operators.Families;

namespace Fovea.Onnx.Tests.Operators;

public class NumberTests
{
    public static TheoryData<int> NarrowFloats => [17, 18, 19, 20, 23, 24];

    [Theory]
    [MemberData(nameof(NarrowFloats))]
    public void Every_code_of_a_narrow_float_comes_back_from_its_value(int number)
    {
        var type = (OnnxElementType)number;
        byte[] codes = [.. Enumerable.Range(0, type == OnnxElementType.Float4E2M1 ? 16 : 256).Select(code => (byte)code)];
        double[] values = NarrowTypes.ToDoubles(new OnnxTensor(type, [codes.Length], codes));
        byte[] back = NarrowTypes.FromDoubles(type, [codes.Length], values, saturate: false).Bytes.ToArray();
        for (int i = 0; i < codes.Length; i++)
            Assert.True(codes[i] == back[i] || double.IsNaN(values[i]), $"code {codes[i]} means {values[i]} and became {back[i]}");
    }

    [Theory]
    [InlineData(17, 1000, true, 448)]
    [InlineData(17, 1000, false, double.NaN)]
    [InlineData(17, 464, false, 448)]
    [InlineData(19, 1e6, true, 57344)]
    [InlineData(19, 1e6, false, double.PositiveInfinity)]
    [InlineData(18, -1000, true, -240)]
    [InlineData(23, 2.5, true, 2)]
    [InlineData(23, 3.5, true, 4)]
    [InlineData(24, 3, true, 4)]
    public void Narrow_floats_round_to_even_and_saturate_if_asked(int type, double value, bool saturate, double expected) =>
        Assert.Equal(expected, NarrowTypes.ToDoubles(NarrowTypes.FromDoubles((OnnxElementType)type, [1], [value], saturate))[0]);

    [Theory]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(-1.5, -0.9661051464753108)]
    [InlineData(3, 0.9999779095030014)]
    [InlineData(1e-10, 1.1283791670955126e-10)]
    public void The_error_function_has_all_digits(double x, double expected) => Assert.Equal(expected, Reals.ErrorFunction(x), Math.Abs(expected) * 1e-14);

    [Fact]
    public void Its_complement_has_digits_where_it_is_small() => Assert.Equal(1.5374597944280349e-12, Reals.ErrorFunctionComplement(5), 1e-25);

    [Fact]
    public void Integers_wrap_round_and_bfloat16_is_rounded_to_even()
    {
        OnnxTensor least = Elements.FromLongs(OnnxElementType.Int32, [1], [int.MinValue]), minusOne = Elements.FromLongs(OnnxElementType.Int32, [1], [-1]);
        Assert.Equal([int.MinValue], Elements.ToLongs(OperatorEvaluator.Evaluate(new OnnxNode("Div", ["a", "b"], ["c"]), 14, [least, minusOne])[0]!).Select(value => (int)value));
        OnnxTensor wide = Elements.FromDoubles(OnnxElementType.BFloat16, [3], [1 + (1 / 256.0), 1 + (3 / 256.0), double.NaN]);
        Assert.Equal([1, 1 + (1 / 64.0), double.NaN], Elements.ToDoubles(wide));
    }

    [Fact]
    public void Integers_of_four_bits_go_through_a_file()
    {
        var tensor = new OnnxTensor(OnnxElementType.Int4, [3], new byte[] { 0xF8, 7, 0xFF }, "w");
        var model = new OnnxModel(new OnnxGraph { Initializers = [tensor], Outputs = [new OnnxValue("w", OnnxElementType.Int4, null)] }) { IrVersion = 10 };
        using OnnxModel again = OnnxReader.Parse(OnnxWriter.ToBytes(model));
        Assert.Equal(tensor.Bytes.ToArray(), again.Graph.Initializers[0].Bytes.ToArray());
    }
}
