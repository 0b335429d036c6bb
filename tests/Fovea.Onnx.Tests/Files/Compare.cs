using System.Runtime.InteropServices;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Tests.Schema;

namespace Fovea.Onnx.Tests.Files;

/// <summary>Whether Fovea's model is what Google.Protobuf's messages say.</summary>
internal static class Compare
{
    public static void Model(ModelProto expected, OnnxModel actual)
    {
        Assert.Equal(expected.IrVersion, actual.IrVersion);
        Assert.Equal(expected.ProducerName, actual.Producer);
        Assert.Equal(expected.ProducerVersion, actual.ProducerVersion);
        Opsets(expected.OpsetImport, actual.Opsets);
        Assert.Equal(expected.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value), actual.Metadata.ToDictionary());
        Graph(expected.Graph, actual.Graph);
        All(expected.Functions, actual.Functions, Function);
    }

    public static void Tensor(TensorProto expected, OnnxTensor actual)
    {
        Assert.Equal(expected.Name, actual.Name);
        Assert.Equal(expected.DataType, (int)actual.ElementType);
        Assert.Equal(expected.Dims, [.. actual.Dimensions.ToArray().Select(size => (long)size)]);
        if (actual.ElementType == OnnxElementType.String)
            Assert.Equal(expected.StringData.Select(text => text.ToStringUtf8()), actual.Strings);
        else if (expected.RawData.Length > 0)
            Assert.True(expected.RawData.Span.SequenceEqual(actual.Bytes.Span));
        else
            Assert.Equal(Typed(expected, actual), actual.Bytes.ToArray());
    }

    private static byte[] Typed(TensorProto expected, OnnxTensor actual) => actual.ElementType switch
    {
        OnnxElementType.Float or OnnxElementType.Complex64 => MemoryMarshal.AsBytes(expected.FloatData.ToArray().AsSpan()).ToArray(),
        OnnxElementType.Double or OnnxElementType.Complex128 => MemoryMarshal.AsBytes(expected.DoubleData.ToArray().AsSpan()).ToArray(),
        OnnxElementType.Int64 => MemoryMarshal.AsBytes(expected.Int64Data.ToArray().AsSpan()).ToArray(),
        OnnxElementType.UInt64 => MemoryMarshal.AsBytes(expected.Uint64Data.ToArray().AsSpan()).ToArray(),
        OnnxElementType.UInt32 => MemoryMarshal.AsBytes(expected.Uint64Data.Select(value => (uint)value).ToArray().AsSpan()).ToArray(),
        _ => [.. expected.Int32Data.SelectMany(value => BitConverter.GetBytes(value)[..actual.ElementType.Size()])],
    };

    private static void Graph(GraphProto expected, OnnxGraph actual)
    {
        Assert.Equal(expected.Name, actual.Name);
        All(expected.Node, actual.Nodes, Node);
        All(expected.Initializer, actual.Initializers, Tensor);
        All(expected.Input, actual.Inputs, Value);
        All(expected.Output, actual.Outputs, Value);
    }

    private static void Node(NodeProto expected, OnnxNode actual)
    {
        Assert.Equal(expected.OpType, actual.Operator);
        Assert.Equal(expected.Name, actual.Name);
        Assert.Equal(Domain(expected.Domain), actual.Domain);
        Assert.Equal(expected.Overload, actual.Overload);
        Assert.Equal(expected.Input, actual.Inputs);
        Assert.Equal(expected.Output, actual.Outputs);
        All(expected.Attribute, actual.Attributes, Attribute);
    }

    private static void Attribute(AttributeProto expected, OnnxAttribute actual)
    {
        Assert.Equal(expected.Name, actual.Name);
        Assert.Equal(expected.Type, (int)actual.Kind);
        Assert.Equal(expected.RefAttrName, actual.ReferenceTo);
        Assert.Equal(expected.F, actual.Float);
        Assert.Equal(expected.I, actual.Int);
        Assert.Equal(expected.S.ToStringUtf8(), actual.String);
        Assert.Equal(expected.Floats, actual.Floats);
        Assert.Equal(expected.Ints, actual.Ints);
        Assert.Equal(expected.Strings.Select(text => text.ToStringUtf8()), actual.Strings);
        Assert.Equal(expected.T is null, actual.Tensor is null);
        Assert.Equal(expected.G is null, actual.Graph is null);
        if (expected.T is not null)
            Tensor(expected.T, actual.Tensor!);
        if (expected.G is not null)
            Graph(expected.G, actual.Graph!);
    }

    private static void Value(ValueInfoProto expected, OnnxValue actual)
    {
        Assert.Equal(expected.Name, actual.Name);
        Assert.Equal(expected.Type?.TensorType?.ElemType ?? 0, (int)actual.ElementType);
        TensorShapeProto? shape = expected.Type?.TensorType?.Shape;
        Assert.Equal(shape is null, actual.Dimensions is null);
        if (shape is not null)
            All(shape.Dim, actual.Dimensions!, (one, other) =>
            {
                Assert.Equal(one.HasDimValue && one.DimValue >= 0 ? one.DimValue : null, other.Size);
                Assert.Equal(one.DimParam, other.Name);
            });
    }

    private static void Function(FunctionProto expected, OnnxFunction actual)
    {
        Assert.Equal(expected.Name, actual.Name);
        Assert.Equal(Domain(expected.Domain), actual.Domain);
        Assert.Equal(expected.Overload, actual.Overload);
        Assert.Equal(expected.Input, actual.Inputs);
        Assert.Equal(expected.Output, actual.Outputs);
        Assert.Equal(expected.Attribute, actual.Attributes);
        All(expected.AttributeProto, actual.Defaults, Attribute);
        All(expected.Node, actual.Nodes, Node);
        Opsets(expected.OpsetImport, actual.Opsets);
    }

    private static void Opsets(IEnumerable<OperatorSetIdProto> expected, IReadOnlyDictionary<string, long> actual) =>
        Assert.Equal(expected.ToDictionary(entry => Domain(entry.Domain), entry => entry.Version), actual.ToDictionary());

    private static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    private static void All<TExpected, TActual>(IReadOnlyList<TExpected> expected, IReadOnlyList<TActual> actual, Action<TExpected, TActual> compare)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
            compare(expected[i], actual[i]);
    }
}
