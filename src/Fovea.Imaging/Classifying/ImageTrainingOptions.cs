using Fovea.Imaging.Folders;
using Fovea.Metrics;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Imaging;

/// <summary>How <see cref="ImageClassifier.Train"/> trains: what is null is as <c>fovea train FOLDER</c> would have it.</summary>
public sealed record ImageTrainingOptions
{
    /// <summary>The network for a folder of images unless another is asked for.</summary>
    public const string DefaultPreset = "convnet-basic";

    /// <summary>The network, one of <see cref="Networks.Presets.PresetCatalog"/>.</summary>
    public string Preset { get; init; } = DefaultPreset;

    /// <summary>(C, H, W) of the network's input, C being 1 or 3; what suits the preset and the images if null.</summary>
    public Shape? Input { get; init; }

    /// <summary>How often every training image is seen; the preset's own number if null.</summary>
    public int? Epochs { get; init; }

    /// <summary>Samples a step; the preset's own number if null.</summary>
    public int? BatchSize { get; init; }

    /// <summary>The base learning rate, which the preset's schedule scales; the preset's own if null.</summary>
    public double? LearningRate { get; init; }

    /// <summary>After how many epochs without a better validation result the training stops; never if null.</summary>
    public int? Patience { get; init; }

    /// <summary>What is done to training images, as <see cref="Data.Augmentation.Augmenter.Parse"/> reads it; nothing if null.</summary>
    public string? Augment { get; init; }

    /// <summary>The share of the training images that is held out to choose the best epoch by, 0 for none; 0.1, of large folders 0.05, if null.</summary>
    public double? Validation { get; init; }

    /// <summary>The share of the images that is held out for the test if the folder has no test part, 0 for none; 0.1 if null.</summary>
    public double? Test { get; init; }

    /// <summary>What is behind transparent pixels.</summary>
    public Colour Background { get; init; } = Colour.White;

    /// <summary>Where the classes are in the files' names; see <see cref="ImageFolderOptions.ClassPattern"/>.</summary>
    public string? ClassPattern { get; init; }

    /// <summary>Same seed, same weights, for any number of threads.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The most threads to use; one for every processor if null.</summary>
    public int? Threads { get; init; }
}

/// <summary>What a training is doing.</summary>
public enum TrainingStage
{
    /// <summary>Images are read.</summary>
    Reading,

    /// <summary>The network learns.</summary>
    Training,

    /// <summary>The best weights are tested on images that the network has never seen.</summary>
    Testing,
}

/// <summary>How far a training is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Done">The share of this stage that is done, 0 to 1.</param>
public sealed record ImageTrainingProgress(TrainingStage Stage, double Done)
{
    /// <summary>The epoch that has just been completed; null between epochs.</summary>
    public EpochResult? Epoch { get; init; }

    /// <summary>How well the test images were classified, at the very end; null before, and if there are none.</summary>
    public ClassificationMetrics? Test { get; init; }

    /// <summary>Something a person should know of the images or the training, in one line; null for nothing.</summary>
    public string? Message { get; init; }
}
