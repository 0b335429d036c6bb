using System.CommandLine;
using Fovea.Runs;
using Fovea.Runs.Datasets;

namespace Fovea.Cli.Options;

/// <summary>The data set that models are measured on: its argument, its options, and how it is read for a model.</summary>
internal sealed class EvaluationOptions
{
    private readonly Option<string?> _split = Numbers.OneOf("--split", "Part of the data set; of one without parts, what training kept back or learnt from (default: test, or all if there is none)", EvaluationData.Splits);
    private readonly Option<int?> _limit = CommonOptions.Limit();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();
    private readonly Option<string?> _text = CommonOptions.TextColumn();
    private readonly Option<string?> _label = CommonOptions.LabelColumn();
    private readonly Option<string?> _classPattern = CommonOptions.ClassPattern();

    /// <summary>Which data set.</summary>
    public Argument<string> Dataset { get; } = new("DATASET") { Description = $"{string.Join(", ", DataSource.KnownNames)}, a folder with one sub-folder per class, or a table (CSV, TSV, JSON lines)" };

    /// <summary>Which part of it, and how it is read.</summary>
    public IEnumerable<Option> Options => [_split, _limit, _classPattern, _text, _label, _threads, _dataDir];

    /// <summary>The most threads to use; null for one a processor.</summary>
    public int? Threads(ParseResult line) => line.GetValue(_threads);

    /// <summary>The data set that the line names, read as it says.</summary>
    public EvaluationData Data(ParseResult line, IProgress<RunEvent> progress, CancellationToken cancellation) => new(line.GetRequiredValue(Dataset), line.GetValue(_split), new DataRequest
    {
        Limit = line.GetValue(_limit),
        ClassPattern = line.GetValue(_classPattern),
        TextColumn = line.GetValue(_text),
        LabelColumn = line.GetValue(_label),
        Threads = line.GetValue(_threads) ?? 0,
        DataDirectory = line.GetValue(_dataDir),
    }, progress, cancellation);
}
