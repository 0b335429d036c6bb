using System.Globalization;
using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Files;

/// <summary>Writes the messages of the ONNX schema. Field numbers are those of onnx.proto.</summary>
/// <param name="external">Where large initialisers go; null to keep them in the model.</param>
internal sealed class MessageWriter(ExternalDataWriter? external)
{
    public WireWriter Model(OnnxModel model)
    {
        var message = new WireWriter();
        message.Int(1, model.IrVersion);
        message.Text(2, model.Producer);
        message.Text(3, model.ProducerVersion);
        message.Message(7, Graph(model.Graph));
        Opsets(message, 8, model.Opsets);
        foreach ((string key, string value) in model.Metadata)
            message.Message(14, Entry(key, value));
        foreach (OnnxFunction function in model.Functions)
            message.Message(25, Function(function));
        return message;
    }

    private static WireWriter Entry(string key, string value)
    {
        var message = new WireWriter();
        message.Text(1, key);
        message.Text(2, value);
        return message;
    }

    private static void Opsets(WireWriter message, int field, IReadOnlyDictionary<string, long> opsets)
    {
        foreach ((string domain, long version) in opsets)
        {
            var entry = new WireWriter();
            entry.Text(1, domain);
            entry.Int(2, version);
            message.Message(field, entry);
        }
    }

    private WireWriter Graph(OnnxGraph graph)
    {
        var message = new WireWriter();
        foreach (OnnxNode node in graph.Nodes)
            message.Message(1, Node(node));
        message.Text(2, graph.Name);
        foreach (OnnxTensor tensor in graph.Initializers)
            message.Message(5, Tensor(tensor));
        foreach (OnnxValue input in graph.Inputs)
            message.Message(11, Value(input));
        foreach (OnnxValue output in graph.Outputs)
            message.Message(12, Value(output));
        return message;
    }

    private WireWriter Node(OnnxNode node)
    {
        var message = new WireWriter();
        foreach (string input in node.Inputs)
            message.Item(1, input);
        foreach (string output in node.Outputs)
            message.Item(2, output);
        message.Text(3, node.Name);
        message.Text(4, node.Operator);
        foreach (OnnxAttribute attribute in node.Attributes)
            message.Message(5, Attribute(attribute));
        message.Text(7, node.Domain);
        message.Text(8, node.Overload);
        return message;
    }

    private WireWriter Attribute(OnnxAttribute attribute)
    {
        var message = new WireWriter();
        message.Text(1, attribute.Name);
        message.Text(21, attribute.ReferenceTo);
        if (attribute.ReferenceTo.Length == 0)
            Content(message, attribute);
        message.Int(20, (int)attribute.Kind);
        return message;
    }

    private void Content(WireWriter message, OnnxAttribute attribute)
    {
        switch (attribute.Kind)
        {
            case OnnxAttributeKind.Float:
                message.Single(2, attribute.Float);
                break;
            case OnnxAttributeKind.Int:
                message.Int(3, attribute.Int);
                break;
            case OnnxAttributeKind.String:
                message.Item(4, attribute.String);
                break;
            case OnnxAttributeKind.Tensor:
                message.Message(5, Tensor(attribute.Tensor!));
                break;
            case OnnxAttributeKind.Graph:
                message.Message(6, Graph(attribute.Graph!));
                break;
            case OnnxAttributeKind.Floats:
                foreach (float value in attribute.Floats)
                    message.Single(7, value);
                break;
            case OnnxAttributeKind.Ints:
                foreach (long value in attribute.Ints)
                    message.Int(8, value);
                break;
            case OnnxAttributeKind.Strings:
                foreach (string value in attribute.Strings)
                    message.Item(9, value);
                break;
            default:
                throw new NotSupportedException($"attribute {Printable.Quote(attribute.Name)} is of kind {attribute.Kind}, which is not written");
        }
    }

    private WireWriter Tensor(OnnxTensor tensor)
    {
        var message = new WireWriter();
        // One number behind each tag: what reads proto2 strictly knows no packed dims.
        foreach (int size in tensor.Dimensions)
            message.Int(1, size);
        message.Int(2, (int)tensor.ElementType);
        message.Text(8, tensor.Name);
        if (tensor.ElementType == OnnxElementType.String)
            foreach (string value in tensor.Strings)
                message.Item(6, value);
        else if (tensor.ElementType.PackedBits() > 0)
            message.Bytes(9, PackedElements.Pack(tensor.ElementType, tensor.Bytes.Span));
        else if (external?.Place(tensor) is { } offset)
        {
            message.Message(13, Entry("location", external.Location));
            message.Message(13, Entry("offset", offset.ToString(CultureInfo.InvariantCulture)));
            message.Message(13, Entry("length", tensor.Bytes.Length.ToString(CultureInfo.InvariantCulture)));
            message.Int(14, 1);
        }
        else
            message.Bytes(9, tensor.Bytes);
        return message;
    }

    private static WireWriter Value(OnnxValue value)
    {
        var tensor = new WireWriter();
        tensor.Int(1, (int)value.ElementType);
        if (value.Dimensions is not null)
        {
            var shape = new WireWriter();
            foreach (OnnxDimension dimension in value.Dimensions)
            {
                var entry = new WireWriter();
                if (dimension.Size is { } size)
                    entry.Int(1, size);
                else
                    entry.Text(2, dimension.Name);
                shape.Message(1, entry);
            }
            tensor.Message(2, shape);
        }
        var type = new WireWriter();
        type.Message(1, tensor);
        var message = new WireWriter();
        message.Text(1, value.Name);
        message.Message(2, type);
        return message;
    }

    private WireWriter Function(OnnxFunction function)
    {
        var message = new WireWriter();
        message.Text(1, function.Name);
        foreach (string input in function.Inputs)
            message.Item(4, input);
        foreach (string output in function.Outputs)
            message.Item(5, output);
        foreach (string attribute in function.Attributes)
            message.Item(6, attribute);
        foreach (OnnxNode node in function.Nodes)
            message.Message(7, Node(node));
        Opsets(message, 9, function.Opsets);
        message.Text(10, function.Domain);
        foreach (OnnxAttribute attribute in function.Defaults)
            message.Message(11, Attribute(attribute));
        message.Text(13, function.Overload);
        return message;
    }
}
