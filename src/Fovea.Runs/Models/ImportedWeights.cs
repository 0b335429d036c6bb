using System.Text;
using Fovea.Data;
using Fovea.Runs.Settings;
using Fovea.Serialization;
using Fovea.Serialization.Pretrained;
using Fovea.Tensors;

namespace Fovea.Runs.Models;

/// <summary>What to make of a file of weights.</summary>
public sealed record WeightsRequest
{
    /// <summary>The preset's name.</summary>
    public required string Preset { get; init; }

    /// <summary>(C, H, W) of the images; the preset's own if null.</summary>
    public Shape? Input { get; init; }

    /// <summary>How many classes; the file's if null.</summary>
    public int? Classes { get; init; }

    /// <summary>A file with the name of a class in every line; numbers if null.</summary>
    public string? Labels { get; init; }

    /// <summary>Which state_dict, if the file has several.</summary>
    public string? Key { get; init; }

    /// <summary>What is subtracted from the pixels, which are in [0, 1]: one number, or one a channel.</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>What the pixels are divided by afterwards, as <see cref="Mean"/>.</summary>
    public IReadOnlyList<double>? Deviation { get; init; }

    /// <summary>Draws a last layer that is new.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>Weights from PyTorch as models.</summary>
public static class ImportedWeights
{
    private const int ImageNetClasses = 1000;
    private const int LongestLabels = 1 << 24;

    /// <summary>The mean of ImageNet's pixels, which torchvision's and nearly all of timm's networks learnt with.</summary>
    private static readonly Normalization ImageNet = new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

    /// <summary>Reads a file of torch.save or of safetensors into a preset.</summary>
    /// <param name="path">The file.</param>
    /// <param name="request">What to make of it.</param>
    /// <param name="progress">Is told what was found and decided.</param>
    /// <exception cref="RunException">The request does not fit the file.</exception>
    /// <exception cref="ModelFormatException">The file is not sound, or not of this network.</exception>
    public static Model Read(string path, WeightsRequest request, IProgress<RunEvent>? progress)
    {
        ArgumentNullException.ThrowIfNull(request);
        StateDict weights = PretrainedWeights.Read(path, request.Key);
        string[]? labels = request.Labels is { } file ? ReadLabels(file) : null;
        PretrainedNetwork read = SafeTensors.InFile(path, () => PresetChoice.Make(request.Preset, preset => PretrainedWeights.Create(preset, weights, request.Input, request.Classes, request.Seed)));
        Report(weights, read, request, progress);
        int classes = read.Network.OutputShape.Length;
        if (labels is not null && labels.Length != classes)
            throw RunException.InvalidRequest($"{request.Labels} names {labels.Length} classes, and the network has {classes}{(request.Classes is null ? $"; --classes {labels.Length} draws its last layer anew" : "")}");
        try
        {
            return new Model(read.Network, labels, Normalize(read, request, progress), new Dictionary<string, string> { ["weights"] = Path.GetFileName(path) });
        }
        catch (ArgumentException error)
        {
            throw RunException.InvalidRequest(error.Message, error);
        }
    }

    private static void Report(StateDict weights, PretrainedNetwork read, WeightsRequest request, IProgress<RunEvent>? progress)
    {
        if (weights.Key is { } key)
            progress.Say($"state_dict '{key}': {weights.Tensors.Count} tensors");
        if (read.Prefix.Length > 0)
            progress.Say($"'{read.Prefix}' before every name is dropped");
        if (read.InOrder is { } names)
            progress.Note($"the names are not those of {request.Preset}; the tensors are taken in their order, since kinds and shapes agree one for one: {names.File} is {names.Network}, and so on");
        if (read.LeftOut.Count > 0)
            progress.Say($"left out, since only training needs them: {string.Join(", ", read.LeftOut)}");
        if (read.NewHead is { } head)
            progress.Note(read.FileClasses is { } classes
                ? $"{head} is left out, which tells {classes} classes apart, and drawn anew for {read.Network.OutputShape.Length}: it has to be trained"
                : $"the file has no tensors of {head}, which is drawn anew for {read.Network.OutputShape.Length} classes: it has to be trained");
    }

    private static Normalization? Normalize(PretrainedNetwork read, WeightsRequest request, IProgress<RunEvent>? progress)
    {
        int channels = read.Network.InputShape.Channels;
        if (request.Mean is not null || request.Deviation is not null)
            return new Normalization(Each(request.Mean ?? [0], channels, "--mean"), Each(request.Deviation ?? [1], channels, "--std"));
        if (read.FileClasses == ImageNetClasses && channels == ImageNet.Channels)
        {
            progress.Say($"{ImageNetClasses} classes: pixels are normalised by ImageNet's mean {string.Join(", ", ImageNet.Mean)} and deviation {string.Join(", ", ImageNet.Deviation)}; --mean and --std say otherwise");
            return ImageNet;
        }
        progress.Note("the file does not say how pixels are normalised, so they are not; --mean and --std say how the network learnt");
        return null;
    }

    private static IEnumerable<double> Each(IReadOnlyList<double> numbers, int channels, string option) =>
        numbers.Count == channels ? numbers
        : numbers.Count == 1 ? Enumerable.Repeat(numbers[0], channels)
        : throw RunException.InvalidRequest($"{option} takes one number or {channels}, one a channel, got {numbers.Count}");

    /// <summary>The lines of a file; empty ones at its end do not count.</summary>
    private static string[] ReadLabels(string path) =>
        Encoding.UTF8.GetString(InputFile.ReadAllBytes(path, LongestLabels)).TrimStart('\uFEFF').TrimEnd().Split('\n', StringSplitOptions.TrimEntries);
}
