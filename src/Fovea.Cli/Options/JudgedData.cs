using System.CommandLine;
using Fovea.Cli.Datasets;
using Fovea.Data;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Cli.Options;

/// <summary>The data set that models are measured on: its argument, its options, and how it is read for a model.</summary>
internal sealed class JudgedData
{
    private static readonly string[] Splits = ["train", "validation", "test"];

    private readonly Option<string?> _split = Numbers.OneOf("--split", "Part of the data set (default: test; a folder without parts is taken whole)", Splits);
    private readonly Option<int?> _limit = CommonOptions.Limit();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();

    /// <summary>Which data set.</summary>
    public Argument<string> Dataset { get; } = new("DATASET") { Description = $"{string.Join(", ", DataSource.KnownNames)}, or a folder with one sub-folder per class" };

    /// <summary>Which part of it, and how it is read.</summary>
    public IEnumerable<Option> Options => [_split, _limit, _threads, _dataDir];

    /// <summary>The most threads to use; null for one a processor.</summary>
    public int? Threads(ParseResult line) => line.GetValue(_threads);

    /// <summary>The samples in the model's shape, labelled as the model numbers its classes.</summary>
    /// <exception cref="CommandException">There is no such part, or it has classes that the model does not know.</exception>
    public IDataset Load(ParseResult line, Model model, Terminal terminal)
    {
        Shape input = model.Network.InputShape;
        DataSource source = DataSource.Find(line.GetRequiredValue(Dataset), new DataRequest
        {
            Limit = line.GetValue(_limit),
            ImageShape = input,
            ClassNames = model.ClassNames,
            Threads = line.GetValue(_threads) ?? 0,
            DataDirectory = line.GetValue(_dataDir),
        }, terminal);
        return DatasetAdapter.Fit(RelabelledDataset.Match(Part(source, line.GetValue(_split)), model.ClassNames), input);
    }

    private static IDataset Part(DataSource source, string? split) => split switch
    {
        "train" => source.Require(DataPart.Train),
        "validation" => source.Require(DataPart.Validation),
        "test" => source.Require(DataPart.Test),
        _ => source.Open(DataPart.Test) ?? source.Open(DataPart.Validation) ?? source.Require(DataPart.Train),
    };
}
