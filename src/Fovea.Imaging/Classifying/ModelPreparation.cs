using Fovea.Imaging.Preparing;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Imaging.Classifying;

/// <summary>Images as a model takes them: in its shape, on its background, and as drawings if it reads those.</summary>
internal sealed class ModelPreparation
{
    private static readonly string[] DigitNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    private readonly Shape _input;
    private readonly PreparationOptions _options;
    private readonly ImageLimits _limits;

    public ModelPreparation(Model model, ImageLimits limits)
    {
        _input = model.Network.InputShape;
        _options = new PreparationOptions { LightOnDark = ReadsDigits(model), Background = Colour.BackgroundOf(model) };
        _limits = limits;
    }

    /// <summary>Why a model is no classifier of images; null if it is one.</summary>
    public static string? WhyNot(Model model)
    {
        Shape input = model.Network.InputShape;
        return input.IsMaps && input.Channels is 1 or 3 && model.Network.OutputShape.Rank == 1 ? null
            : $"the network makes {model.Network.OutputShape} of {input}; a classifier of images makes a vector of (1, H, W) or (3, H, W)";
    }

    /// <summary>The image of a file, not normalised yet.</summary>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits.</exception>
    /// <exception cref="UnusableImageException">It shows nothing.</exception>
    public PreparedImage Prepare(ReadOnlySpan<byte> file) => ModelInput.Prepare(file, _input, _options, _limits);

    /// <summary>The image, not normalised yet.</summary>
    /// <exception cref="UnusableImageException">It shows nothing.</exception>
    public PreparedImage Prepare(Image image) => ModelInput.Prepare(image, _input, _options);

    /// <summary>
    /// Whether the model knows light strokes on a dark ground: grey, its classes the ten digits, and what it learnt from
    /// was mostly dark (MNIST's mean brightness is 0.13).
    /// </summary>
    private static bool ReadsDigits(Model model) =>
        model.Network.InputShape.Channels == 1 && model.ClassNames.SequenceEqual(DigitNames) && model.Normalization.Mean[0] < 0.5;
}
