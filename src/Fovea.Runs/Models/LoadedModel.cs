using Fovea.Imaging.Classifying;
using Fovea.Networks;
using Fovea.Onnx;
using Fovea.Onnx.Zoo;
using Fovea.Runs.Settings;
using Fovea.Serialization;

namespace Fovea.Runs.Models;

/// <summary>A model file as commands use it.</summary>
public static class LoadedModel
{
    private const int NamedFields = 5;

    /// <summary>Reads a model that classifies images or texts.</summary>
    /// <inheritdoc cref="LoadAny"/>
    /// <exception cref="RunException">There is no such file, or the network is no classifier of images or passes the limits.</exception>
    public static Model Load(string path, bool trusted, IProgress<RunEvent>? progress, ModelSource? source = null)
    {
        Model model = LoadAny(path, trusted, progress, source);
        return model.Text is null && ModelPreparation.WhyNot(model) is { } reason ? throw new RunException($"{path}: {reason}") : model;
    }

    /// <summary>Reads any model, to look at it.</summary>
    /// <param name="path">The file, or a model of the zoo: one that is shipped, or whose weights were fetched.</param>
    /// <param name="trusted">Whether its network may take and compute whatever it wants.</param>
    /// <param name="progress">Is told what the file says that is not understood.</param>
    /// <param name="source">What an ONNX file does not say itself.</param>
    /// <exception cref="RunException">There is no such file, or the network passes the limits.</exception>
    public static Model LoadAny(string path, bool trusted, IProgress<RunEvent>? progress, ModelSource? source = null)
    {
        if (Directory.Exists(path))
        {
            string inside = Path.Combine(path, "model.safetensors");
            throw new RunException($"{path} is a folder, not a model{(File.Exists(inside) ? $"; right would be {inside}" : "")}");
        }
        if (!File.Exists(path))
        {
            if (ShippedModels.Find(path) is { } shipped)
                return ShippedModels.Load(shipped);
            path = InZoo(path) ?? throw new RunException($"there is no model file {path}; 'fovea train' makes one, and 'fovea zoo list' shows those that are ready");
        }
        Model model = Read(path, trusted, progress, source ?? new ModelSource());
        if (model.UnknownFields is { Count: > 0 } unknown)
            progress.Note($"{path}: its description has {(unknown.Count == 1 ? "a field" : "fields")} that this version does not know and passes over: {string.Join(", ", unknown.Take(NamedFields))}{(unknown.Count > NamedFields ? $" and {unknown.Count - NamedFields} more" : "")}");
        return model;
    }

    /// <summary>The file of a network of the zoo; null if none is named so.</summary>
    /// <exception cref="RunException">Its weights were not fetched, or are not published.</exception>
    private static string? InZoo(string name)
    {
        if (ZooCatalog.TryFind(name) is not { } entry)
            return null;
        return ZooCatalog.Locate(entry.Name)
            ?? throw new RunException(entry.Weights is null
                ? $"there is no model file {name}, and no weights of {entry.Name} are published; 'fovea train DATA --model {entry.Name}' trains it"
                : $"the weights of {entry.Name} are not on this machine; 'fovea zoo get {entry.Name}' fetches them");
    }

    private static Model Read(string path, bool trusted, IProgress<RunEvent>? progress, ModelSource source)
    {
        try
        {
            ModelLimits? limits = trusted ? ModelLimits.None : null;
            if (OnnxModels.IsOne(path))
                return OnnxModels.Read(path, source, limits, progress);
            if (source.FirstGiven is { } option)
                throw RunException.InvalidRequest($"{option} is for ONNX files; {path} says it itself");
            OnnxFile.RegisterLayers();
            return ModelFile.Load(path, limits);
        }
        catch (ModelFormatException error) when (error.PassesLimits)
        {
            throw new RunException($"{error.Message}; --no-limits lifts the limits for a file that you trust", error);
        }
    }
}
