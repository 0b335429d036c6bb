using Fovea.Data;
using Fovea.Data.Augmentation;
using Fovea.Networks;
using Fovea.Training.Transfer;

namespace Fovea.Runs.Training;

/// <summary>The features that were computed last, for the runs of a series that want the same.</summary>
internal sealed class SharedFeatures
{
    private FeatureCache? _cache;
    private (string Text, Augmenter Augmenter)? _augmentation;

    /// <summary>The augmentation of a text: the last one if it is of the very same, so that its variants are known again.</summary>
    public Augmenter AugmenterOf(string text)
    {
        if (_augmentation?.Text != text)
            _augmentation = (text, Augmenter.Parse(text));
        return _augmentation!.Value.Augmenter;
    }

    /// <summary>A cache for a backbone: the last one if it is of the very same.</summary>
    public FeatureCache For(Network backbone, Normalization normalization, FeatureOptions options) =>
        _cache is { } cache && cache.IsOf(backbone, normalization, options) ? cache : _cache = new FeatureCache(backbone, normalization, options);
}
