using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Export;

/// <summary>Writes models as ONNX, which other programs read.</summary>
public static class OnnxExport
{
    // The newest that runtimes of several years read.
    private const int IrVersion = 8, Opset = 17;

    /// <summary>
    /// Writes a model: opset 17, IR 8, a batch of any size, parameters under their own names, class names and normalisation in
    /// the metadata. Dropout is left out, and what is batch normalisation stays one.
    /// </summary>
    /// <param name="model">The model. One that runs in int8 is written with QuantizeLinear and DequantizeLinear around what does so.</param>
    /// <param name="path">The file; what was there is replaced.</param>
    /// <param name="options">What the file does by itself.</param>
    /// <exception cref="NotSupportedException">A layer is none of Fovea's own; the message names it.</exception>
    /// <exception cref="ArgumentException">The options ask for what the network cannot have.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Export(this Model model, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= OnnxExportOptions.Default;
        OnnxWriter.Write(path, ToOnnx(model, options), options.ExternalData);
    }

    /// <summary>The file's content.</summary>
    internal static OnnxModel ToOnnx(Model model, OnnxExportOptions options) => new(NetworkExport.Write(model, options))
    {
        IrVersion = IrVersion,
        Opsets = new Dictionary<string, long> { [""] = Opset },
        Producer = "Fovea",
        ProducerVersion = typeof(OnnxExport).Assembly.GetName().Version!.ToString(3),
        Metadata = Metadata(model, options),
    };

    private static Dictionary<string, string> Metadata(Model model, OnnxExportOptions options)
    {
        var metadata = new Dictionary<string, string>
        {
            [ModelMetadata.InputShape] = ModelMetadata.Write(model.Network.InputShape.ToArray().Select(size => (double)size)),
            [ModelMetadata.Mean] = ModelMetadata.Write(model.Normalization.Mean),
            [ModelMetadata.Deviation] = ModelMetadata.Write(model.Normalization.Deviation),
            [ModelMetadata.Included] = options.IncludePreprocessing ? "true" : "false",
        };
        if (model.Network.InputShape is { IsMaps: true, Channels: 1 or 3 } shape)
            metadata[ModelMetadata.Channels] = shape.Channels == 3 ? "rgb" : "grey";
        if (model.ClassNames.Count > 0)
        {
            metadata[ModelMetadata.ClassNames] = ModelMetadata.Write(model.ClassNames);
            metadata[ModelMetadata.Output] = options.IncludeSoftmax ? "probabilities" : "logits";
        }
        if (model.Background is { } background)
            metadata[ModelMetadata.Background] = ModelMetadata.Write(background.Select(value => (double)value));
        foreach ((string key, string value) in model.Info)
            metadata[ModelMetadata.InfoPrefix + key] = value;
        return metadata;
    }
}
