using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Lowering;
using Fovea.Onnx.Lowering.Calls;
using Fovea.Onnx.Operators;
using Fovea.Onnx.Passes;
using Fovea.Serialization;

namespace Fovea.Onnx.Import;

/// <summary>From a file's graph to a network: inputs with sizes, passes, layers.</summary>
internal static class GraphImport
{
    /// <summary>The network of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">What the network is called if the file does not say.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="finish">Changes the graph when all sizes are known, before the passes.</param>
    /// <exception cref="ModelFormatException">The file asks for what is not supported.</exception>
    public static Network Run(OnnxModel file, string name, OnnxImportOptions options, Action<ImportGraph>? finish = null)
    {
        CheckVersions(file, options);
        OnnxModel model = FunctionInlining.Run(file);
        bool single = options.Batch == OnnxBatch.First || options.Batch == OnnxBatch.Auto && IsBatchOfImages(model);
        try
        {
            return Run(model, name, options, finish, single);
        }
        // What was taken for a batch belongs to the graph, which works with just this size.
        catch (ModelFormatException) when (single && options.Batch == OnnxBatch.Auto)
        {
            return Run(model, name, options, finish, single: false);
        }
    }

    private static Network Run(OnnxModel model, string name, OnnxImportOptions options, Action<ImportGraph>? finish, bool single)
    {
        var graph = new ImportGraph(model);
        GraphInputs.Add(graph, model, options, single);
        graph.DropUnread();
        Inference.Run(graph);
        finish?.Invoke(graph);
        graph.DropUnread();
        PassList.Run(graph);
        foreach (string note in graph.Notes)
            options.Notes?.Report(note);
        if (graph.Inputs.Count == 0)
            throw new ModelFormatException("the graph takes no input, so that there is nothing to compute");
        return NetworkLowering.Run(graph, model.Graph.Name.Length is > 0 and < 100 && model.Graph.Name is not ("main_graph" or "torch_jit" or "torch-jit-export") ? NetworkDraft.Safe(model.Graph.Name) : NetworkDraft.Safe(name));
    }

    private static bool IsBatchOfImages(OnnxModel model)
    {
        var constants = model.Graph.Initializers.Select(tensor => tensor.Name).ToHashSet();
        OnnxValue[] inputs = [.. model.Graph.Inputs.Where(input => !constants.Contains(input.Name))];
        return inputs is [{ Dimensions: { Count: 4 } sizes }] && sizes[0].Size > 1 && (sizes[1].Size is 1 or 3 || sizes[3].Size is 1 or 3);
    }

    private static void CheckVersions(OnnxModel file, OnnxImportOptions options)
    {
        foreach (string note in file.Notes)
            options.Notes?.Report(note);
        long opset = file.Opsets.GetValueOrDefault("", OperatorTable.NewestOpset);
        if (opset > OperatorTable.NewestOpset)
            options.Notes?.Report($"operator set {opset} is newer than {OperatorTable.NewestOpset}, the newest that is known; its operators are read as those of {OperatorTable.NewestOpset}");
    }
}
