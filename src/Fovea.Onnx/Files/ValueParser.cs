using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Files;

/// <summary>Reads <c>ValueInfoProto</c> and the types below it.</summary>
internal static class ValueParser
{
    /// <exception cref="Serialization.ModelFormatException">It is no sound message.</exception>
    public static OnnxValue Value(WireReader message)
    {
        string name = "";
        int type = 0;
        List<OnnxDimension>? dimensions = null;
        while (message.Next())
            switch (message.Field)
            {
                case 1:
                    name = message.Text();
                    break;
                case 2:
                    for (WireReader inner = message.Message(); inner.Next();)
                        if (inner.Field == 1)
                            (type, dimensions) = TensorType(inner.Message());
                        else
                            inner.Skip();
                    break;
                default:
                    message.Skip();
                    break;
            }
        return new OnnxValue(name, (OnnxElementType)type, dimensions);
    }

    private static (int Type, List<OnnxDimension>? Dimensions) TensorType(WireReader message)
    {
        int type = 0;
        List<OnnxDimension>? dimensions = null;
        while (message.Next())
            switch (message.Field)
            {
                case 1:
                    type = message.Int32();
                    break;
                case 2:
                    dimensions = [];
                    for (WireReader shape = message.Message(); shape.Next();)
                        if (shape.Field == 1)
                            dimensions.Add(Dimension(shape.Message()));
                        else
                            shape.Skip();
                    break;
                default:
                    message.Skip();
                    break;
            }
        return (type, dimensions);
    }

    private static OnnxDimension Dimension(WireReader message)
    {
        long? size = null;
        string name = "";
        while (message.Next())
            switch (message.Field)
            {
                case 1:
                    size = message.Int64();
                    break;
                case 2:
                    name = message.Text();
                    break;
                default:
                    message.Skip();
                    break;
            }
        // Some exporters write -1 for what they do not know.
        return new OnnxDimension(size < 0 ? null : size, name);
    }
}
