using System.Text.Json;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Serialization;

/// <summary>
/// Checkpoints as safetensors files: a model file with the optimiser's states (<c>optimizer/conv1.weight/0</c>) and the
/// best (<c>best/conv1.weight</c>) and averaged parameters (<c>average/conv1.weight</c>) beside the parameters, so that a
/// checkpoint can be used as a model.
/// </summary>
public static class CheckpointFile
{
    /// <summary>The key in the metadata that makes a model file a checkpoint.</summary>
    internal const string Key = "fovea.checkpoint";

    private const int Version = 1;
    private const int MaxStates = 8;
    private const string StatePrefix = "optimizer/";
    private const string BestPrefix = "best/";
    private const string AveragePrefix = "average/";

    /// <summary>Writes a checkpoint, whole or not at all: until it is on the disk, the one before stays.</summary>
    /// <exception cref="ArgumentException">States, best parameters or averages are not those of the model's network.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(string path, CheckpointData checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Network network = checkpoint.Model.Network;
        IReadOnlyList<float[][]> states = checkpoint.OptimizerStates;
        int stateCount = states.Count == 0 ? 0 : states[0].Length;
        if (states.Count != 0 && (states.Count != network.TrainableParameters.Count || states.Any(arrays => arrays.Length != stateCount)))
            throw new ArgumentException($"{network.TrainableParameters.Count} trainable parameters need as many states of one length, got {states.Count}", nameof(checkpoint));
        List<NamedTensor> tensors = [.. ModelFile.Tensors(network)];
        for (int p = 0; p < states.Count; p++)
            for (int s = 0; s < stateCount; s++)
                tensors.Add(new NamedTensor(StateName(network.TrainableParameters[p], s), network.TrainableParameters[p].Spec.Shape, states[p][s]));
        AddAll(BestPrefix, "best parameters", checkpoint.BestParameters);
        AddAll(AveragePrefix, "averages", checkpoint.Averages);
        Dictionary<string, string> metadata = ModelFile.Metadata(checkpoint.Model);
        metadata.Add(Key, JsonSerializer.Serialize(Describe(checkpoint, stateCount), MetadataJson.Checkpoint));
        SafeTensorsWriter.Write(path, tensors, metadata);

        void AddAll(string prefix, string what, IReadOnlyDictionary<string, float[]>? byName)
        {
            if (byName is null)
                return;
            foreach (Parameter parameter in network.Parameters)
                tensors.Add(new NamedTensor(prefix + parameter.Name, parameter.Spec.Shape, byName.TryGetValue(parameter.Name, out float[]? values)
                    ? values
                    : throw new ArgumentException($"the {what} lack '{parameter.Name}'", nameof(checkpoint))));
        }
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">How much its network may compute; see <see cref="ModelLimits"/>.</param>
    /// <exception cref="ModelFormatException">The file is not a sound checkpoint; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static CheckpointData Load(string path, ModelLimits? limits = null)
    {
        SafeTensors tensors = SafeTensors.Read(path);
        return SafeTensors.InFile(path, () => Read(tensors, limits));
    }

    /// <summary>Reads the bytes of a checkpoint.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="limits">How much its network may compute; see <see cref="ModelLimits"/>.</param>
    /// <exception cref="ModelFormatException">They are not a sound checkpoint.</exception>
    public static CheckpointData Parse(ReadOnlyMemory<byte> file, ModelLimits? limits = null) => Read(SafeTensors.Parse(file), limits);

    /// <summary>Whether a tensor of this name belongs to the checkpoint rather than to its model.</summary>
    internal static bool IsState(string name) =>
        name.StartsWith(StatePrefix, StringComparison.Ordinal) || name.StartsWith(BestPrefix, StringComparison.Ordinal)
        || name.StartsWith(AveragePrefix, StringComparison.Ordinal);

    private static CheckpointData Read(SafeTensors tensors, ModelLimits? limits)
    {
        if (!tensors.Metadata.TryGetValue(Key, out string? text))
            throw new ModelFormatException($"the file is no checkpoint; there is no '{Key}' in the metadata");
        CheckpointJson json = Parse(text);
        Model model = ModelFile.Read(tensors, limits);
        Network network = model.Network;
        int expected = network.Parameters.Count * (1 + (json.Best ? 1 : 0) + (json.Averages ? 1 : 0)) + network.TrainableParameters.Count * json.States;
        int count = tensors.Tensors.Count(tensor => !ParameterLoader.IsCounter(tensor.Name));
        if (count != expected)
            throw new ModelFormatException($"the checkpoint must have {expected} tensors, got {count}");
        return new CheckpointData
        {
            Model = model,
            OptimizerName = json.Optimizer,
            OptimizerStates = [.. network.TrainableParameters.Select(parameter => Enumerable.Range(0, json.States)
                .Select(state => Floats(tensors, StateName(parameter, state), parameter.Spec.Shape)).ToArray())],
            OptimizerSteps = json.OptimizerSteps,
            Epoch = json.Epoch,
            Step = json.Step,
            Seed = json.Seed,
            SettingsJson = json.Settings,
            VectorBits = json.VectorBits,
            BestParameters = json.Best ? ReadAll(BestPrefix) : null,
            Averages = json.Averages ? ReadAll(AveragePrefix) : null,
        };

        Dictionary<string, float[]> ReadAll(string prefix) => network.Parameters.ToDictionary(
            parameter => parameter.Name, parameter => Floats(tensors, prefix + parameter.Name, parameter.Spec.Shape));
    }

    private static CheckpointJson Parse(string text)
    {
        CheckpointJson? json;
        try
        {
            json = JsonSerializer.Deserialize(text, MetadataJson.Checkpoint);
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"the state of the training does not fit: {Printable.Shorten(error.Message)}", error);
        }
        if (json is not { Version: Version })
            throw new ModelFormatException($"the checkpoint is of version {json?.Version ?? 0}, this program reads version {Version}");
        if (json.States is < 0 or > MaxStates || json.OptimizerSteps < 0 || json.Epoch < 0 || json.Step < 0 || json.VectorBits <= 0)
            throw new ModelFormatException($"states (up to {MaxStates}), steps and epochs must not be negative, got {json.States}, {json.OptimizerSteps}, {json.Step} and {json.Epoch}");
        return json;
    }

    private static CheckpointJson Describe(CheckpointData checkpoint, int states) => new()
    {
        Version = Version,
        Optimizer = checkpoint.OptimizerName,
        States = states,
        OptimizerSteps = checkpoint.OptimizerSteps,
        Epoch = checkpoint.Epoch,
        Step = checkpoint.Step,
        Seed = checkpoint.Seed,
        Settings = checkpoint.SettingsJson,
        VectorBits = checkpoint.VectorBits,
        Best = checkpoint.BestParameters is not null,
        Averages = checkpoint.Averages is not null,
    };

    private static string StateName(Parameter parameter, int state) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{StatePrefix}{parameter.Name}/{state}");

    private static float[] Floats(SafeTensors tensors, string name, Shape shape) => ParameterLoader.Require(tensors, name, shape).ToFloats();
}
