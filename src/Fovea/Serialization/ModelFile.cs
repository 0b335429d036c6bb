using Fovea.Data;
using Fovea.Networks;

namespace Fovea.Serialization;

/// <summary>
/// Models as safetensors files: the parameters under PyTorch's names, the architecture, class names and normalisation
/// as JSON in the metadata. Any reader of safetensors reads the tensors.
/// </summary>
public static class ModelFile
{
    private const string Key = "fovea";
    private const string StreamName = "the model";

    /// <summary>Writes a model, whole or not at all. The same model gives the same bytes.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(string path, Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        SafeTensorsWriter.Write(path, Tensors(model), Metadata(model));
    }

    /// <summary>Writes a model to a stream. The same model gives the same bytes.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Save(Stream stream, Model model)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(model);
        SafeTensorsWriter.Write(stream, Tensors(model), Metadata(model));
    }

    /// <summary>Reads a model; a checkpoint is one, too.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">How much its network may compute; see <see cref="ModelLimits"/>.</param>
    /// <exception cref="ModelFormatException">The file is not a sound model; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Model Load(string path, ModelLimits? limits = null)
    {
        SafeTensors tensors = SafeTensors.Read(path);
        return SafeTensors.InFile(path, () => Read(tensors, limits));
    }

    /// <summary>Reads a model without holding a thread while the disk works; see <see cref="Load(string, ModelLimits?)"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">How much its network may compute; see <see cref="ModelLimits"/>.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ModelFormatException">The file is not a sound model; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public static async Task<Model> LoadAsync(string path, ModelLimits? limits = null, CancellationToken cancellation = default)
    {
        SafeTensors tensors = await SafeTensors.ReadAsync(path, cancellation).ConfigureAwait(false);
        return SafeTensors.InFile(path, () => Read(tensors, limits));
    }

    /// <summary>Reads a model from a stream, to its end.</summary>
    /// <param name="stream">The bytes of a model file.</param>
    /// <param name="limits">How much its network may compute; see <see cref="ModelLimits"/>.</param>
    /// <exception cref="ModelFormatException">They are not a sound model, or more than 2 GiB.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static Model Load(Stream stream, ModelLimits? limits = null)
    {
        try
        {
            return Parse(InputFile.ReadToEnd(stream, StreamName, Array.MaxLength), limits);
        }
        catch (InputFileException error)
        {
            throw new ModelFormatException(error.Message, error);
        }
    }

    /// <summary>Reads a model from a stream, to its end.</summary>
    /// <param name="stream">The bytes of a model file.</param>
    /// <param name="limits">How much its network may compute; see <see cref="ModelLimits"/>.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ModelFormatException">They are not a sound model, or more than 2 GiB.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public static async Task<Model> LoadAsync(Stream stream, ModelLimits? limits = null, CancellationToken cancellation = default)
    {
        try
        {
            return Parse(await InputFile.ReadToEndAsync(stream, StreamName, Array.MaxLength, cancellation).ConfigureAwait(false), limits);
        }
        catch (InputFileException error)
        {
            throw new ModelFormatException(error.Message, error);
        }
    }

    /// <summary>Reads the bytes of a model file.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="limits">How much its network may compute; see <see cref="ModelLimits"/>.</param>
    /// <exception cref="ModelFormatException">They are not a sound model.</exception>
    public static Model Parse(ReadOnlyMemory<byte> file, ModelLimits? limits = null) => Read(SafeTensors.Parse(file), limits);

    /// <summary>
    /// Fills the parameters of a network from any safetensors file with PyTorch's names, such as one that
    /// <c>safetensors.torch.save_model</c> wrote; halves and doubles are converted, and batch normalisation's
    /// <c>num_batches_tracked</c> is passed over. The network is filled entirely or not at all.
    /// </summary>
    /// <exception cref="ModelFormatException">Tensors are missing, left over or of another shape, each listed; or the file is not sound.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static void LoadParameters(string path, Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        SafeTensors tensors = SafeTensors.Read(path);
        SafeTensors.InFile(path, () =>
        {
            ParameterLoader.Fill(network, tensors, ignore: _ => false);
            return network;
        });
    }

    private static IReadOnlyList<NamedTensor> Tensors(Model model) =>
        model.Quantization is { } scheme ? QuantizedTensors.Write(model.Network, scheme) : Tensors(model.Network);

    /// <summary>The network's parameters as tensors to write; they share its values.</summary>
    internal static IReadOnlyList<NamedTensor> Tensors(Network network) =>
        [.. network.Parameters.Select(parameter => new NamedTensor(parameter.Name, parameter.Spec.Shape, parameter.Value.Memory))];

    /// <summary>The metadata of a model; <c>format</c> tells others that names and layouts are PyTorch's.</summary>
    internal static Dictionary<string, string> Metadata(Model model)
    {
        Dictionary<string, string> metadata = new() { ["format"] = "pt", [Key] = Architecture.Write(model), [FileHash.Key] = FileHash.Placeholder };
        if (model.Quantization is { } scheme)
            metadata.Add(QuantizedTensors.Key, QuantizedTensors.Describe(scheme));
        return metadata;
    }

    /// <summary>The model of a file whose tensors were checked.</summary>
    internal static Model Read(SafeTensors tensors, ModelLimits? limits = null)
    {
        if (!tensors.Metadata.TryGetValue(Key, out string? json))
            throw new ModelFormatException($"the file has tensors but no description of a network ('{Key}' in the metadata); {ForeignFile.Import}");
        Model model = Architecture.Read(json, tensors, limits);
        if (QuantizedTensors.Read(model, tensors) is { } quantized)
            return quantized;
        bool checkpoint = tensors.Metadata.ContainsKey(CheckpointFile.Key);
        ParameterLoader.Fill(model.Network, tensors, name => checkpoint && CheckpointFile.IsState(name));
        return model;
    }
}
