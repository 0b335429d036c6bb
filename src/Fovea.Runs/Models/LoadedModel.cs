using Fovea.Imaging;
using Fovea.Imaging.Preparing;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Runs.Models;

/// <summary>A model file as commands use it.</summary>
public static class LoadedModel
{
    private const int NamedFields = 5;

    private static readonly string[] DigitNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>Reads a model that classifies pictures.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trusted">Whether its network may take and compute whatever it wants.</param>
    /// <param name="progress">Is told what the file says that is not understood.</param>
    /// <exception cref="RunException">There is no such file, or the network is no classifier of pictures or passes the limits.</exception>
    public static Model Load(string path, bool trusted, IProgress<RunEvent>? progress)
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
        Shape input = model.Network.InputShape;
        if (!input.IsMaps || input.Channels is not (1 or 3) || model.Network.OutputShape.Rank != 1)
            throw new RunException($"{path}: the network makes {model.Network.OutputShape} of {input}; a classifier of pictures makes a vector of (1, H, W) or (3, H, W)");
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

    /// <summary>
    /// Whether the model knows light strokes on a dark ground: grey, its classes the ten digits, and what it learnt from
    /// was mostly dark (MNIST's mean brightness is 0.13).
    /// </summary>
    public static bool ReadsDigits(this Model model) =>
        model.Network.InputShape.Channels == 1 && model.ClassNames.SequenceEqual(DigitNames) && model.Normalization.Mean[0] < 0.5;

    /// <summary>The image of a file as the model takes it, normalised: (C, H, W).</summary>
    /// <exception cref="ImageFormatException">The file cannot be read.</exception>
    /// <exception cref="UnusableImageException">It shows nothing.</exception>
    public static PreparedImage Prepare(this Model model, ReadOnlySpan<byte> file)
    {
        Shape input = model.Network.InputShape;
        PreparedImage prepared = ModelInput.Prepare(file, input, new PreparationOptions { LightOnDark = model.ReadsDigits(), Background = Colour.BackgroundOf(model) });
        model.Normalization.Apply(prepared.Pixels, input);
        return prepared;
    }
}
