using Fovea.Data.Text;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Serialization;

namespace Fovea.Runs.Models;

/// <summary>What a run starts from that was trained before, and what of it stays as it is.</summary>
public static class StartingModel
{
    /// <summary>Reads a model to train on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trusted">Whether its network may take and compute whatever it wants.</param>
    /// <param name="progress">Is told what the file says that is not understood; null if it was told before.</param>
    /// <param name="source">What an ONNX file does not say itself.</param>
    /// <exception cref="RunException">There is no such file, or its network cannot learn.</exception>
    public static Model Load(string path, bool trusted, IProgress<RunEvent>? progress, ModelSource? source = null)
    {
        Model model = LoadedModel.Load(path, trusted, progress, source);
        return model.Quantization is null ? model
            : throw new RunException($"{path} runs in int8, which cannot learn; right would be the model that it was made from");
    }

    /// <summary>The preset whose settings train a network: its own, if it is one.</summary>
    public static string RecipeOf(string network, string otherwise) => PresetCatalog.All.Any(preset => preset.Name == network) ? network : otherwise;

    /// <summary>The model's network if it knows these very classes; otherwise with a last layer drawn anew.</summary>
    /// <exception cref="RunException">The last layer is none that can be.</exception>
    public static Network For(IReadOnlyList<string> classNames, Model model, TrainSettings settings, IProgress<RunEvent>? progress)
    {
        if (classNames.SequenceEqual(model.ClassNames, ComposedText.Comparer))
        {
            progress.Say($"starting from {settings.From} with all its layers");
            return model.Network;
        }
        try
        {
            Network network = model.Network.WithNewHead(classNames.Count, settings.Seed);
            string head = network.Nodes.Last(node => node.Parameters.Count > 0).Name;
            progress.Say($"starting from {settings.From}, which knows {model.ClassNames.Count} other classes: {head} is drawn anew for {classNames.Count}");
            return network;
        }
        catch (ArgumentException error)
        {
            throw RunException.InvalidRequest($"--from {settings.From}: {error.Message}", error);
        }
    }

    /// <summary>Freezes what the settings say.</summary>
    /// <exception cref="RunException">There are no such layers, or nothing is left to learn.</exception>
    public static void Freeze(Network network, TrainSettings settings, IProgress<RunEvent>? progress)
    {
        if (settings.Freeze is not { } names)
            return;
        try
        {
            IReadOnlyList<Node> frozen = network.Freeze(names.Split(',', StringSplitOptions.TrimEntries));
            long parameters = frozen.Sum(node => node.Parameters.Where(parameter => parameter.IsTrainable).Sum(parameter => (long)parameter.Value.Length));
            progress.Say($"frozen: {string.Join(", ", frozen.Select(node => node.Name))}, with {Format.Count(parameters)} parameters");
        }
        catch (ArgumentException error)
        {
            throw RunException.InvalidRequest($"--freeze: {error.Message}", error);
        }
    }
}
