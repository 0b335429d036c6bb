using System.CommandLine;
using Fovea.Cli.Datasets;
using Fovea.Cli.Running;
using Fovea.Data;
using Fovea.Imaging;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Cli.Options;

/// <summary>The data set that models are measured on: its argument, its options, and how it is read for a model.</summary>
internal sealed class JudgedData
{
    private static readonly string[] Splits = ["train", "validation", "test"];

    private readonly Option<string?> _split = Numbers.OneOf("--split", "Part of the data set; of one without parts, what training kept back or learnt from (default: test, or all if there is none)", Splits);
    private readonly Option<int?> _limit = CommonOptions.Limit();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();
    private readonly Option<string?> _classPattern = CommonOptions.ClassPattern();
    private DataSource? _found;

    /// <summary>Which data set.</summary>
    public Argument<string> Dataset { get; } = new("DATASET") { Description = $"{string.Join(", ", DataSource.KnownNames)}, or a folder with one sub-folder per class" };

    /// <summary>Which part of it, and how it is read.</summary>
    public IEnumerable<Option> Options => [_split, _limit, _classPattern, _threads, _dataDir];

    /// <summary>The most threads to use; null for one a processor.</summary>
    public int? Threads(ParseResult line) => line.GetValue(_threads);

    /// <summary>The samples in the model's shape, labelled as the model numbers its classes.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="terminal">Is told which samples these are.</param>
    /// <param name="learnt">The model whose training says which samples a part is; the model itself if null.</param>
    /// <exception cref="CommandException">There is no such part, or it has classes that the model does not know.</exception>
    public IDataset Load(ParseResult line, Model model, Terminal terminal, Model? learnt = null)
    {
        Shape input = model.Network.InputShape;
        DataSource source = Find(line, model, learnt ?? model, terminal);
        return DatasetAdapter.Fit(RelabelledDataset.Match(Part(source, line.GetValue(_split), learnt ?? model, terminal), model.ClassNames), input);
    }

    /// <summary>
    /// Whose training says which samples a part is when two models are measured on the same: the first's, unless the second
    /// alone kept some of the data set back. Says so if one of them may have learnt from samples that the other kept back.
    /// </summary>
    public Model Keeper(ParseResult line, Model first, Model second, Terminal terminal)
    {
        DataPart part = PartOf(line.GetValue(_split));
        (KeptParts? one, KeptParts? other) = (KeptParts.Of(first), KeptParts.Of(second));
        if (one == other || part == DataPart.Train)
            return first;
        DataSource source = Find(line, first, first, terminal);
        bool oneKeeps = one?.KeepsOf(source) ?? false, otherKeeps = other?.KeepsOf(source) ?? false;
        if (oneKeeps && otherKeeps && !one!.KeepsAs(other!, part))
            terminal.Say("note: the second model's training kept other samples back, so it may have learnt from some of these");
        else if (oneKeeps != otherKeeps)
            terminal.Say($"note: only the {(oneKeeps ? "first" : "second")} model is known not to have learnt from these samples");
        return otherKeeps && !oneKeeps ? second : first;
    }

    /// <summary>The data set; found once for models of one shape, background and order of classes, since a folder is read whole.</summary>
    private DataSource Find(ParseResult line, Model model, Model learnt, Terminal terminal)
    {
        Shape input = model.Network.InputShape;
        Colour background = Colour.BackgroundOf(model);
        if (_found is null || _found.Request.ImageShape != input || _found.Request.Background != background || !_found.Request.ClassNames!.SequenceEqual(learnt.ClassNames))
            _found = DataSource.Find(line.GetRequiredValue(Dataset), new DataRequest
            {
                Limit = line.GetValue(_limit),
                ImageShape = input,
                // Parts are drawn class by class, so their numbers must be those of the training that kept them.
                ClassNames = learnt.ClassNames,
                Background = background,
                ClassPattern = line.GetValue(_classPattern),
                Threads = line.GetValue(_threads) ?? 0,
                DataDirectory = line.GetValue(_dataDir),
            }, terminal);
        return _found;
    }

    private static DataPart PartOf(string? split) => split switch
    {
        "train" => DataPart.Train,
        "validation" => DataPart.Validation,
        _ => DataPart.Test,
    };

    /// <summary>A part of a data set: its own, or what a model's training kept back or learnt from; all of it if no part is asked for and there is no test part.</summary>
    /// <exception cref="CommandException">There is no such part.</exception>
    public static IDataset Part(DataSource source, string? split, Model model, Terminal terminal)
    {
        DataPart part = PartOf(split);
        // Of a data set with a test part of its own, the training part is its own, too.
        if (source.Open(part) is { } own && (part != DataPart.Train || source.Open(DataPart.Test) is not null))
            return own;
        if (KeptParts.Of(model)?.Find(part, source, terminal) is { } kept)
            return kept;
        if (split is null)
            return source.Open(DataPart.Validation) ?? source.Require(DataPart.Train);
        return part == DataPart.Train ? source.Require(part)
            : throw new CommandException($"the data set {source.Name} has no {split} part, and the model kept none of it back; without --split all of it is taken");
    }
}
