namespace Fovea.Onnx.Export;

/// <summary>How a model is written as ONNX.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// Whether the file normalises its input by itself: it then takes pixels in [0, 1]. Otherwise it takes what the network
    /// takes, (x − mean) / deviation, and the metadata say so.
    /// </summary>
    public bool IncludePreprocessing { get; init; }

    /// <summary>
    /// Whether a classifier's file ends in a softmax and gives probabilities. Otherwise, as PyTorch's exporter and its models
    /// do, it gives logits: the softmax that networks here end in is left out.
    /// </summary>
    public bool IncludeSoftmax { get; init; }

    /// <summary>Whether weights go to a file beside it (the file's name and <c>.data</c>), which those over 2 GB do anyway.</summary>
    public bool ExternalData { get; init; }

    internal static OnnxExportOptions Default { get; } = new();
}
