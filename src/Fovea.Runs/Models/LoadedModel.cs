using Fovea.Imaging.Classifying;
using Fovea.Networks;
using Fovea.Serialization;

namespace Fovea.Runs.Models;

/// <summary>A model file as commands use it.</summary>
public static class LoadedModel
{
    private const int NamedFields = 5;

    /// <summary>Reads a model that classifies images or texts.</summary>
    /// <inheritdoc cref="LoadAny"/>
    /// <exception cref="RunException">There is no such file, or the network is no classifier of images or passes the limits.</exception>
    public static Model Load(string path, bool trusted, IProgress<RunEvent>? progress)
    {
        Model model = LoadAny(path, trusted, progress);
        return model.Text is null && ModelPreparation.WhyNot(model) is { } reason ? throw new RunException($"{path}: {reason}") : model;
    }

    /// <summary>Reads any model, to look at it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trusted">Whether its network may take and compute whatever it wants.</param>
    /// <param name="progress">Is told what the file says that is not understood.</param>
    /// <exception cref="RunException">There is no such file, or the network passes the limits.</exception>
    public static Model LoadAny(string path, bool trusted, IProgress<RunEvent>? progress)
    {
        if (Directory.Exists(path))
        {
            string inside = Path.Combine(path, "model.safetensors");
            throw new RunException($"{path} is a folder, not a model{(File.Exists(inside) ? $"; right would be {inside}" : "")}");
        }
        if (!File.Exists(path))
            throw new RunException($"there is no model file {path}; 'fovea train' makes one");
        Model model = Read(path, trusted);
        if (model.UnknownFields is { Count: > 0 } unknown)
            progress.Note($"{path}: its description has {(unknown.Count == 1 ? "a field" : "fields")} that this version does not know and passes over: {string.Join(", ", unknown.Take(NamedFields))}{(unknown.Count > NamedFields ? $" and {unknown.Count - NamedFields} more" : "")}");
        return model;
    }

    private static Model Read(string path, bool trusted)
    {
        try
        {
            return ModelFile.Load(path, trusted ? ModelLimits.None : null);
        }
        catch (ModelFormatException error) when (error.PassesLimits)
        {
            throw new RunException($"{error.Message}; --no-limits lifts the limits for a file that you trust", error);
        }
    }
}
