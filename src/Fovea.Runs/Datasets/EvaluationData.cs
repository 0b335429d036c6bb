using Fovea.Data;
using Fovea.Imaging;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Runs.Datasets;

/// <summary>What models are measured on: a part of a data set, read as each model takes it.</summary>
/// <param name="dataset">What names the data set.</param>
/// <param name="split">The part: <c>train</c>, <c>validation</c> or <c>test</c>; the test part if null, or all if there is none.</param>
/// <param name="request">How it is read; shape, classes and background are the models'.</param>
/// <param name="progress">Told which samples these are.</param>
/// <param name="cancellation">Ends reading.</param>
public sealed class EvaluationData(string dataset, string? split, DataRequest request, IProgress<RunEvent>? progress = null, CancellationToken cancellation = default)
{
    private DataSource? _found;

    /// <summary>The parts there may be.</summary>
    public static IReadOnlyList<string> Splits { get; } = ["train", "validation", "test"];

    /// <summary>What was said of the data while they were read, a line each, for a report.</summary>
    public IReadOnlyList<string> Notes => _found?.Notes ?? [];

    /// <summary>The samples in the model's shape, labelled as the model numbers its classes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="learnt">The model whose training says which samples a part is; the model itself if null.</param>
    /// <exception cref="RunException">There is no such part, or it has classes that the model does not know.</exception>
    public IDataset Load(Model model, Model? learnt = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        IDataset part = Part(Find(model, learnt ?? model), split, learnt ?? model, progress);
        if ((model.Text is not null) != (TextDataset.Find(part) is not null))
            throw new RunException(model.Text is null ? $"{part.Name} holds texts, and the model takes images" : $"{part.Name} holds images, and the model takes texts");
        if (model.Text is { } text)
            return RelabelledDataset.Match(TextDataset.Prepare(part, text)!, model.ClassNames);
        return DatasetAdapter.Fit(RelabelledDataset.Match(part, model.ClassNames), model.Network.InputShape);
    }

    /// <summary>
    /// Whose training says which samples a part is when two models are measured on the same: the first's, unless the second
    /// alone kept some of the data set back. Says so if one of them may have learnt from samples that the other kept back.
    /// </summary>
    public Model HolderOf(Model first, Model second)
    {
        DataPart part = PartOf(split);
        (HeldOutSplit? one, HeldOutSplit? other) = (HeldOutSplit.Of(first.Info), HeldOutSplit.Of(second.Info));
        if (one == other || part == DataPart.Train)
            return first;
        DataSource source = Find(first, first);
        bool oneKeeps = one?.IsFor(source) ?? false, otherKeeps = other?.IsFor(source) ?? false;
        if (oneKeeps && otherKeeps && !one!.HoldsOutAs(other!, part))
            progress.Note("the second model's training kept other samples back, so it may have learnt from some of these");
        else if (oneKeeps != otherKeeps)
            progress.Note($"only the {(oneKeeps ? "first" : "second")} model is known not to have learnt from these samples");
        return otherKeeps && !oneKeeps ? second : first;
    }

    /// <summary>A part of a data set: its own, or what a model's training kept back or learnt from; all of it if no part is asked for and there is no test part.</summary>
    /// <param name="source">The data set.</param>
    /// <param name="split">The part; null for the test.</param>
    /// <param name="model">Whose training says what a part is.</param>
    /// <param name="progress">Told which samples these are.</param>
    /// <exception cref="RunException">There is no such part.</exception>
    public static IDataset Part(DataSource source, string? split, Model model, IProgress<RunEvent>? progress = null)
    {
        DataPart part = PartOf(split);
        // Of a data set with a test part of its own, the training part is its own, too.
        if (source.Open(part) is { } own && (part != DataPart.Train || source.Open(DataPart.Test) is not null))
            return own;
        if (HeldOutSplit.Of(model.Info)?.Find(part, source, progress) is { } kept)
            return kept;
        if (split is null)
            return source.Open(DataPart.Validation) ?? source.Require(DataPart.Train);
        return part == DataPart.Train ? source.Require(part)
            : throw new RunException($"the data set {source.Name} has no {split} part, and the model kept none of it back; without --split all of it is taken");
    }

    /// <summary>The data set; found once for models of one shape, background and order of classes, since a folder is read whole.</summary>
    private DataSource Find(Model model, Model learnt)
    {
        Shape input = model.Network.InputShape;
        Colour background = Colour.BackgroundOf(model);
        if (_found is null || _found.Request.ImageShape != input || _found.Request.Background != background || !_found.Request.ClassNames!.SequenceEqual(learnt.ClassNames))
            // Parts are drawn class by class, so their numbers must be those of the training that kept them.
            _found = DataSource.Find(dataset, request with { ImageShape = input, ClassNames = learnt.ClassNames, Background = background }, progress, cancellation);
        return _found;
    }

    private static DataPart PartOf(string? split) => split switch
    {
        "train" => DataPart.Train,
        "validation" => DataPart.Validation,
        _ => DataPart.Test,
    };
}
