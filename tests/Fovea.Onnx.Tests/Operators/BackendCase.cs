using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Tests.Operators;

/// <summary>One of the ONNX project's backend tests: a model, and inputs with the outputs they must give.</summary>
internal sealed record BackendCase(string Name, string Folder)
{
    private const double Relative = 1e-3, Absolute = 1e-7;

    /// <summary>All cases below the data folder, whatever there is.</summary>
    public static IEnumerable<BackendCase> All(string root) => Directory
        .EnumerateFiles(root, "model.onnx", SearchOption.AllDirectories)
        .Select(file => Path.GetDirectoryName(file)!)
        .Select(folder => new BackendCase(Path.GetFileName(folder), folder))
        .OrderBy(one => one.Name, StringComparer.Ordinal);

    /// <summary>Null if every set of the case comes out right, otherwise what is wrong.</summary>
    public string? Problem()
    {
        try
        {
            using OnnxModel model = OnnxReader.Read(Path.Combine(Folder, "model.onnx"));
            var interpreter = new GraphInterpreter(model);
            string[] sets = Directory.GetDirectories(Folder, "test_data_set_*");
            return sets.Length == 0 ? "no data" : sets.Select(set => Problem(model, interpreter, set)).FirstOrDefault(problem => problem is not null);
        }
        catch (Serialization.ModelFormatException error)
        {
            return error.Message;
        }
    }

    private static string? Problem(OnnxModel model, GraphInterpreter interpreter, string set)
    {
        var inputs = new Dictionary<string, OnnxTensor>();
        for (int i = 0; i < model.Graph.Inputs.Count; i++)
            if (Path.Combine(set, $"input_{i}.pb") is var file && File.Exists(file))
                inputs[model.Graph.Inputs[i].Name] = TensorFile.Read(file);
        OnnxTensor[] outputs = interpreter.Run(inputs);
        for (int i = 0; i < outputs.Length; i++)
            if (Difference(TensorFile.Read(Path.Combine(set, $"output_{i}.pb")), outputs[i]) is { } difference)
                return $"output {i}: {difference}";
        return null;
    }

    /// <summary>What keeps two tensors from being equal within the suite's tolerance.</summary>
    public static string? Difference(OnnxTensor expected, OnnxTensor actual)
    {
        if (expected.ElementType != actual.ElementType)
            return $"{actual.ElementType} instead of {expected.ElementType}";
        if (!expected.Dimensions.SequenceEqual(actual.Dimensions))
            return $"shape {Sizes.Text(actual.Dimensions)} instead of {Sizes.Text(expected.Dimensions)}";
        if (expected.ElementType == OnnxElementType.String)
            return expected.Strings.SequenceEqual(actual.Strings) ? null : "other strings";
        if (expected.ElementType is OnnxElementType.Int64 or OnnxElementType.UInt64)
            return expected.Bytes.Span.SequenceEqual(actual.Bytes.Span) ? null : "other integers";
        double[] wanted = Values(expected), got = Values(actual);
        for (int i = 0; i < wanted.Length; i++)
            if (!(wanted[i].Equals(got[i]) || wanted[i] == got[i] || Math.Abs(wanted[i] - got[i]) <= Absolute + (Relative * Math.Abs(wanted[i]))))
                return $"element {i} of {wanted.Length} is {got[i]} instead of {wanted[i]}";
        return null;
    }

    private static double[] Values(OnnxTensor tensor) =>
        tensor.ElementType.IsNarrow() ? NarrowTypes.ToDoubles(tensor) : Elements.ToDoubles(tensor);
}
