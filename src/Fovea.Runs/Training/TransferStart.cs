using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Networks;
using Fovea.Runs.Datasets;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Serialization;
using Fovea.Training;
using Fovea.Training.Transfer;

namespace Fovea.Runs.Training;

/// <summary>What a run of transfer learning begins with: features of a model that was trained before, and a head on them.</summary>
internal sealed class TransferStart
{
    private const int DefaultVariants = 4;
    private const int DefaultHeadEpochs = 20;
    private const double DefaultRateShare = 0.01;

    private readonly TrainSettings _settings;
    private readonly TrainingData _data;
    private readonly RunContext _context;
    private readonly FeatureHead _head;

    private TransferStart(TrainSettings settings, TrainingData data, RunContext context, FeatureHead head) =>
        (_settings, _data, _context, _head) = (settings, data, context, head);

    /// <summary>What the head learns from.</summary>
    public IDataset Training => _head.Training;

    /// <summary>What the head's epochs are compared by.</summary>
    public IDataset? Validation => _data.Validation is null ? null : _head.Of(_data.Validation, Tell, _context.Cancellation);

    /// <summary>The features of images that judge the head; those that another run of the series learnt from are here already.</summary>
    public IDataset Of(IDataset images) => _head.Of(images, Tell, CancellationToken.None);

    private Action<int, int>? Tell => TellOf(_context);

    /// <summary>Cuts the model and computes the features of the training samples, unless another run of the series did.</summary>
    /// <exception cref="RunException">The model cannot be cut so, or its features cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TransferStart Create(TrainSettings settings, TrainingData data, RunContext context, Model start)
    {
        try
        {
            NetworkCut cut = start.Network.Cut(settings.Cut);
            var options = new FeatureOptions { Threads = context.Threads ?? Environment.ProcessorCount };
            // Without variants nothing is drawn: runs that differ in their seed alone share the features.
            if (settings.Augment is { } text && context.Features.AugmenterOf(text) is { IsIdentity: false } augmenter)
                options = options with { Variants = settings.Variants ?? DefaultVariants, Augmenter = augmenter, Seed = settings.Seed };
            FeatureCache cache = context.Features.For(cut.Backbone, start.Normalization, options);
            context.Progress.Say($"features of {settings.From}: the output of {(cut.Node == NetworkBuilder.Input ? "its input" : cut.Node)}, {Format.Count(cut.Features)} numbers an image"
                + (options.Variants > 1 ? $", each image in {options.Variants} variants" : ""));
            return new TransferStart(settings, data, context, new FeatureHead(cut, cache, data.Training, TellOf(context), context.Cancellation));
        }
        catch (ArgumentException error)
        {
            throw RunException.InvalidRequest($"--from {settings.From}: {error.Message}", error);
        }
    }

    /// <summary>A head to train.</summary>
    public Model CreateHead() => new(_head.Create(_settings.Seed), _data.Training.ClassNames);

    /// <summary>Backbone and head as one network.</summary>
    public Network Join(Network head) => _head.Join(head);

    /// <summary>A network whose head has learnt by settings that suit heads, before the other layers learn by those of the run.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled: the head is quickly made anew.</exception>
    public Network TrainHead()
    {
        Network head = _head.Create(_settings.Seed);
        TrainSettings recipe = TransferRecipe.Head(_settings);
        var trainer = new Trainer(head, recipe.CreateOptimizer(), TrainingSetup.OptionsOf(recipe, Training, _context.Threads) with
        {
            Epochs = _settings.HeadEpochs ?? DefaultHeadEpochs,
            Augmenter = null,
            Patience = null,
        });
        if (trainer.Run(Training, Validation, _context.Cancellation) == TrainingEnd.Cancelled)
            throw new OperationCanceledException(_context.Cancellation);
        EpochResult shown = trainer.State.Best ?? trainer.State.History[^1];
        _context.Progress.Say($"the head learnt for {trainer.State.History.Count} epochs: "
            + (shown.ValidationAccuracy is { } accuracy ? $"accuracy {Format.Percent(accuracy)} of the validation samples" : $"accuracy {Format.Percent(shown.Accuracy)} of the training samples")
            + "; now the other layers learn, too");
        return Join(head);
    }

    /// <summary>Whether a model tells these very classes apart, so that training goes on with its own head.</summary>
    public static bool Knows(Model start, TrainingData data) => data.Training.ClassNames.SequenceEqual(start.ClassNames, ComposedText.Comparer);

    /// <summary>How fast the layers learn once all do.</summary>
    public static IReadOnlyList<float> RatesOf(Network network, TrainSettings settings) =>
        LayerRates.Geometric(network, settings.BackboneRate / settings.LearningRate ?? DefaultRateShare);

    private static Action<int, int>? TellOf(RunContext context) =>
        context.Progress is { } progress ? (done, total) => progress.Report(new FeatureProgress(done, total)) : null;
}
