using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Tests.Schema;
using Fovea.Serialization;
using Google.Protobuf;

namespace Fovea.Onnx.Tests.Files;

/// <summary>Files that lie are refused with one line that says what, where, and what would be right.</summary>
public class HostileFileTests
{
    private static readonly byte[] Sound = OnnxWriter.ToBytes(SampleFiles.Full());

    [Fact]
    public void Files_of_another_kind_are_named_so()
    {
        foreach (byte[] file in (byte[][])[[], [8], "PK\u0003\u0004"u8.ToArray(), "{\"a\":1}"u8.ToArray(), "ir_version: 8"u8.ToArray(), new byte[100]])
            Refuses(file, "no ONNX file");
        Refuses([0x08, 0x08], "no graph");
        Refuses([0x12, 0x01, 0x41], "ir_version is missing");
    }

    [Fact]
    public void A_file_that_ends_anywhere_is_refused_or_says_less()
    {
        for (int length = 0; length < Sound.Length; length++)
            try
            {
                OnnxReader.Parse(Sound.AsMemory(0, length));
            }
            catch (ModelFormatException error)
            {
                Assert.DoesNotContain('\n', error.Message);
            }
    }

    [Fact]
    public void Lengths_and_numbers_beyond_the_file_are_refused()
    {
        // A graph of 2 GB in a file of eight bytes.
        Refuses([0x08, 0x08, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], "is said to have 2147483647 bytes, but only 0 are left");
        Refuses([0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "more than 64 bits");
        Refuses([0x08, 0xFF], "ends within a number");
        Refuses([0x08, 0x08, 0x0B], "wire type 3");
        Refuses([0x08, 0x08, 0x00], "no field begins here");
        Refuses([0x0A, 0x01, 0x08], "no ONNX file");
        Refuses([0x08, 0x08, 0x15, 0, 0, 0, 0], "must be of wire type");
    }

    [Theory]
    [InlineData(new long[] { 1L << 31 }, "dimension of 2147483648")]
    [InlineData(new long[] { -1 }, "dimension of -1")]
    [InlineData(new long[] { 65536, 65536 }, "more than 2147483647 elements")]
    [InlineData(new long[] { 1 << 30, 1 << 30, 1 << 30, 0 }, "more than 2147483647 elements")]
    [InlineData(new long[] { 500_000_000 }, "values")]
    [InlineData(new long[] { 3 }, "but")]
    public void Tensors_larger_than_their_data_are_refused(long[] dims, string expected)
    {
        foreach (int type in (int[])[1, 6, 7, 8, 10, 11, 13])
        {
            var tensor = new TensorProto { DataType = type, Name = "w", Dims = { dims } };
            var error = Assert.Throws<ModelFormatException>(() => TensorFile.Read(tensor.ToByteArray()));
            Assert.Contains("'w'", error.Message);
            Assert.True(error.Message.Contains(expected) || error.Message.Contains("bytes") || error.Message.Contains("given"), error.Message);
            Refuses(Model(graph => graph.Initializer.Add(tensor)), "tensor 'w'");
        }
    }

    [Fact]
    public void Tensors_that_contradict_themselves_are_refused()
    {
        RefusesTensor(new TensorProto { DataType = 1, Dims = { 3 }, RawData = ByteString.CopyFrom(new byte[11]) }, "takes 12 bytes, but 11 are given");
        RefusesTensor(new TensorProto { DataType = 1, Dims = { 1 }, FloatData = { 1, 2 } }, "takes 4 bytes, but 8 are given");
        RefusesTensor(new TensorProto { DataType = 3, Dims = { 1 }, Int32Data = { 300 } }, "holds 300, which is no Int8");
        RefusesTensor(new TensorProto { DataType = 7, Dims = { 2 }, Int64Data = { 1 } }, "has 2 elements, but");
        RefusesTensor(new TensorProto { DataType = 99, Dims = { 1 } }, "element type 99");
        RefusesTensor(new TensorProto { DataType = 1, DataLocation = 7, Dims = { 1 } }, "data location 7");
        RefusesTensor(new TensorProto { DataType = 1, DataLocation = 1, Dims = { 1 }, ExternalData = { new EntryProto { Key = "location", Value = "w.bin" } } }, "beside a model that is read as a file");
    }

    [Fact]
    public void Numbers_in_fields_are_read_packed_and_one_by_one()
    {
        byte[] packed = new TensorProto { DataType = 10, Dims = { 2 }, Int32Data = { 15360, 48128 } }.ToByteArray();
        byte[] singly = [0x10, 10, 0x08, 2, 0x28, 0x80, 0x78, 0x28, 0x80, 0xF8, 0x02];
        foreach (byte[] file in (byte[][])[packed, singly])
            Assert.Equal([(Half)1, (Half)(-1)], TensorFile.Read(file).Values<Half>().ToArray());
        byte[] floats = [0x10, 1, 0x08, 2, 0x25, 0, 0, 0x80, 0x3F, 0x25, 0, 0, 0, 0x40];
        Assert.Equal([1f, 2f], TensorFile.Read(floats).Values<float>().ToArray());
    }

    [Fact]
    public void A_cycle_is_refused_and_a_node_on_it_named()
    {
        Refuses(Model(graph =>
        {
            graph.Node.Add(new NodeProto { OpType = "Relu", Name = "before", Input = { "loop" }, Output = { "y" } });
            graph.Node.Add(new NodeProto { OpType = "Add", Name = "one", Input = { "x", "b" }, Output = { "a" } });
            graph.Node.Add(new NodeProto { OpType = "Relu", Name = "two", Input = { "a" }, Output = { "b" } });
            graph.Node.Add(new NodeProto { OpType = "Relu", Name = "after", Input = { "b" }, Output = { "loop" } });
        }), "cycle", "'Relu'");
        Refuses(Model(graph => graph.Node.Add(new NodeProto { OpType = "Relu", Name = "self", Input = { "y" }, Output = { "y" } })), "'self'", "cycle");
    }

    [Fact]
    public void Nodes_in_the_wrong_order_are_sorted()
    {
        OnnxModel model = OnnxReader.Parse(Model(graph =>
        {
            graph.Node.Add(new NodeProto { OpType = "Relu", Name = "third", Input = { "b" }, Output = { "y" } });
            graph.Node.Add(new NodeProto { OpType = "Relu", Name = "first", Input = { "x" }, Output = { "a" } });
            graph.Node.Add(new NodeProto { OpType = "Relu", Name = "second", Input = { "a" }, Output = { "b" } });
        }));
        Assert.Equal(["first", "second", "third"], model.Graph.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void A_graph_within_a_node_waits_for_what_it_reads()
    {
        var inside = new GraphProto { Node = { new NodeProto { OpType = "Relu", Input = { "late" }, Output = { "in" } } }, Output = { new ValueInfoProto { Name = "in" } } };
        OnnxModel model = OnnxReader.Parse(Model(graph =>
        {
            graph.Node.Add(new NodeProto { OpType = "If", Name = "if", Input = { "x" }, Output = { "y" }, Attribute = { new AttributeProto { Name = "then_branch", Type = 5, G = inside } } });
            graph.Node.Add(new NodeProto { OpType = "Relu", Name = "maker", Input = { "x" }, Output = { "late" } });
        }));
        Assert.Equal(["maker", "if"], model.Graph.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void Values_must_be_given_once()
    {
        Refuses(Model(graph => graph.Node.Add(new NodeProto { OpType = "Relu", Name = "r", Input = { "nothing" }, Output = { "y" } })), "'r'", "'nothing'", "which no input");
        Refuses(Model(_ => { }), "output 'y'", "given by nothing");
        Refuses(Model(graph =>
        {
            graph.Node.Add(new NodeProto { OpType = "Relu", Name = "r", Input = { "x" }, Output = { "y" } });
            graph.Node.Add(new NodeProto { OpType = "Tanh", Name = "t", Input = { "x" }, Output = { "y" } });
        }), "'t'", "'y'", "something else gives as well");
    }

    [Fact]
    public void Graphs_nest_to_a_limit()
    {
        var graph = new GraphProto { Name = "innermost" };
        for (int i = 0; i < 200; i++)
            graph = new GraphProto { Node = { new NodeProto { OpType = "If", Attribute = { new AttributeProto { Name = "b", Type = 5, G = graph } } } } };
        Refuses(new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 17 } }, Graph = graph }.ToByteArray(), "nested more than 16 deep");
    }

    [Fact]
    public void Versions_are_read_as_far_as_they_go()
    {
        ModelProto model = Sum();
        model.IrVersion = 14;
        Assert.Contains("newer than 13", Assert.Single(OnnxReader.Parse(model.ToByteArray()).Notes));
        model.IrVersion = 13;
        Assert.Empty(OnnxReader.Parse(model.ToByteArray()).Notes);
        model.IrVersion = -1;
        Refuses(model.ToByteArray(), "ir_version must be positive");
        model.IrVersion = 8;
        model.OpsetImport[0].Domain = "ai.onnx";
        Assert.Equal(17, OnnxReader.Parse(model.ToByteArray()).Opsets[""]);
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 18 });
        Refuses(model.ToByteArray(), "versions 17 and 18");
        model.OpsetImport.Clear();
        Refuses(model.ToByteArray(), "opset_import is missing");
        model.IrVersion = 2;
        Assert.Equal(1, OnnxReader.Parse(model.ToByteArray()).Opsets[""]);
    }

    [Fact]
    public void Sparse_initialisers_are_refused()
    {
        // Field 15 of the graph, which the schema here does not have.
        byte[] graph = [.. Sum().Graph.ToByteArray(), 0x7A, 0];
        Refuses([0x08, 0x08, 0x42, 0x02, 0x10, 17, 0x3A, (byte)graph.Length, .. graph], "sparse initialisers");
    }

    private static ModelProto Sum() => ModelProto.Parser.ParseFrom(Model(graph => graph.Node.Add(new NodeProto { OpType = "Relu", Input = { "x" }, Output = { "y" } })));

    private static byte[] Model(Action<GraphProto> fill)
    {
        var graph = new GraphProto { Input = { new ValueInfoProto { Name = "x" } }, Output = { new ValueInfoProto { Name = "y" } } };
        fill(graph);
        return new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 17 } }, Graph = graph }.ToByteArray();
    }

    private static void RefusesTensor(TensorProto tensor, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => TensorFile.Read(tensor.ToByteArray())).Message);

    private static void Refuses(byte[] file, params string[] expected)
    {
        string message = Assert.Throws<ModelFormatException>(() => OnnxReader.Parse(file)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(expected, part => Assert.Contains(part, message));
    }
}
