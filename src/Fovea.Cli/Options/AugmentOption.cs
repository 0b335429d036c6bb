using System.CommandLine;
using Fovea.Data.Augmentation;

namespace Fovea.Cli.Options;

/// <summary>The option that says what is done to training images.</summary>
internal static class AugmentOption
{
    /// <summary>The option; what its text must be is checked while the line is read.</summary>
    public static Option<string?> Make() => new("--augment")
    {
        Description = $"Change training images at random: steps with commas between ({string.Join(", ", AugmentationText.Forms)}), "
            + $"each with @P for the share of images; or {string.Join(", ", AugmentationText.Presets.Keys)}",
        HelpName = "STEPS",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            try
            {
                Augmenter.Parse(text);
                return text;
            }
            catch (ArgumentException error)
            {
                result.AddError($"--augment: {error.Message}");
                return null;
            }
        },
    };
}
