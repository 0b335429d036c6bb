using Fovea.Cli.Rendering;
using Fovea.Data.Text;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Serialization;

namespace Fovea.Cli.Running;

/// <summary>What a run starts from that was trained before, and what of it stays as it is.</summary>
internal static class StartingModel
{
    /// <summary>Reads a model to train on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trusted">Whether its network may take and compute whatever it wants.</param>
    /// <param name="terminal">Is told what the file says that is not understood; null if it was told before.</param>
    /// <exception cref="CommandException">There is no such file, or its network cannot learn.</exception>
    public static Model Load(string path, bool trusted, Terminal? terminal)
    {
        Model model = LoadedModel.Load(path, trusted, terminal);
        return model.Quantization is null ? model
            : throw new CommandException($"{path} runs in bytes, which cannot learn; right would be the model that it was made from");
    }

    /// <summary>The preset whose settings train a network: its own, if it is one.</summary>
    public static string RecipeOf(string network, string otherwise) => Presets.All.Any(preset => preset.Name == network) ? network : otherwise;

    /// <summary>The model's network if it knows these very classes; otherwise with a last layer drawn anew.</summary>
    /// <exception cref="CommandException">The last layer is none that can be.</exception>
    public static Network For(IReadOnlyList<string> classNames, Model model, TrainSettings settings, Terminal terminal)
    {
        if (classNames.SequenceEqual(model.ClassNames, ComposedText.Comparer))
        {
            terminal.Say($"starting from {settings.From} with all its layers");
            return model.Network;
        }
        try
        {
            Network network = model.Network.WithNewHead(classNames.Count, settings.Seed);
            string head = network.Nodes.Last(node => node.Parameters.Count > 0).Name;
            terminal.Say($"starting from {settings.From}, which knows {model.ClassNames.Count} other classes: {head} is drawn anew for {classNames.Count}");
            return network;
        }
        catch (ArgumentException error)
        {
            throw CommandException.Usage($"--from {settings.From}: {error.Message}", error);
        }
    }

    /// <summary>Freezes what the settings say.</summary>
    /// <exception cref="CommandException">There are no such layers, or nothing is left to learn.</exception>
    public static void Freeze(Network network, TrainSettings settings, Terminal terminal)
    {
        if (settings.Freeze is not { } names)
            return;
        try
        {
            IReadOnlyList<Node> frozen = network.Freeze(names.Split(',', StringSplitOptions.TrimEntries));
            long parameters = frozen.Sum(node => node.Parameters.Where(parameter => parameter.IsTrainable).Sum(parameter => (long)parameter.Value.Length));
            terminal.Say($"frozen: {string.Join(", ", frozen.Select(node => node.Name))}, with {Format.Count(parameters)} parameters");
        }
        catch (ArgumentException error)
        {
            throw CommandException.Usage($"--freeze: {error.Message}", error);
        }
    }
}
