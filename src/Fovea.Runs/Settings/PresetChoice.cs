using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Optimizers;
using Fovea.Tensors;

namespace Fovea.Runs.Settings;

/// <summary>Presets by name, as commands use them.</summary>
public static class PresetChoice
{
    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. PresetCatalog.All.Select(preset => preset.Name)];

    /// <summary>The settings that train a preset well.</summary>
    /// <exception cref="RunException">There is no such preset.</exception>
    public static TrainSettings Recipe(string name, string dataset)
    {
        Preset preset = Find(name);
        TrainingRecipe recipe = preset.Recipe;
        return new TrainSettings
        {
            Dataset = dataset,
            Model = preset.Name,
            Epochs = recipe.Epochs,
            BatchSize = recipe.BatchSize,
            LearningRate = recipe.LearningRate,
            Optimizer = recipe.Optimizer,
            OptimizerOptions = new OptimizerOptions { Momentum = recipe.Momentum, WeightDecay = recipe.WeightDecay },
            Schedule = recipe.Schedule,
            Loss = "cross-entropy",
            Seed = 1,
        };
    }

    /// <summary>The input of a run's network for images of this shape, unless another is asked for.</summary>
    public static Shape InputFor(TrainSettings settings, Shape images) => images.Rank == 1 ? images : settings.Network is null
        ? Find(settings.Model).InputFor(images)
        : new Shape(images.Channels, Math.Min(images.Height, Preset.LargestDefaultSide), Math.Min(images.Width, Preset.LargestDefaultSide));

    /// <summary>Whether a run's network takes texts.</summary>
    public static bool TakesText(TrainSettings settings) => settings.Network is null && settings.From is null ? Find(settings.Model).TakesText : settings.Input is { Length: 1 };

    /// <summary>Builds a preset for texts.</summary>
    /// <param name="name">The preset.</param>
    /// <param name="words">The vocabulary's size.</param>
    /// <param name="dimension">The length of a word's vector; the preset's own if null.</param>
    /// <param name="length">The words of a text.</param>
    /// <param name="classes">How many classes.</param>
    /// <param name="seed">Names the weights.</param>
    /// <exception cref="RunException">There is no such preset, or it takes no texts.</exception>
    public static Network CreateForText(string name, int words, int? dimension, int length, int classes, ulong seed) => Make(name, preset =>
        (preset.ForWords ?? throw RunException.InvalidRequest($"{name} takes images; textcnn takes texts", null))(words, dimension).Create(new Shape(length), classes, seed));

    /// <summary>Builds a preset; for the input it was made for if none is given.</summary>
    /// <exception cref="RunException">There is no such preset, or it cannot take the input.</exception>
    public static Network Create(string name, Shape? input, int classes, ulong seed) =>
        Make(name, preset => preset.Create(input ?? preset.InputShape, classes, seed));

    /// <summary>Builds a preset as <see cref="Create"/> does, to be looked at only: its parameters are zero.</summary>
    /// <exception cref="RunException">There is no such preset, or it cannot take the input.</exception>
    public static Network CreateBlank(string name, Shape? input, int classes) =>
        Make(name, preset => preset.CreateBlank(input ?? preset.InputShape, classes));

    /// <summary>Makes something of a preset.</summary>
    /// <exception cref="RunException">There is no such preset, or it cannot take the input.</exception>
    internal static T Make<T>(string name, Func<Preset, T> make)
    {
        Preset preset = Find(name);
        try
        {
            return make(preset);
        }
        catch (ArgumentException error)
        {
            throw RunException.InvalidRequest($"{name} cannot be made so: {error.Message}; --input asks for another size", error);
        }
    }

    private static Preset Find(string name)
    {
        try
        {
            return PresetCatalog.Find(name);
        }
        catch (ArgumentException error)
        {
            throw RunException.InvalidRequest(error.Message, error);
        }
    }
}
