using System.CommandLine;
using System.CommandLine.Parsing;
using Fovea.Imaging;
using Fovea.Losses;
using Fovea.Networks.Text;
using Fovea.Runs.Models;
using Fovea.Runs.Settings;
using Fovea.Tensors;

namespace Fovea.Cli.Options;

/// <summary>The options that decide how a run ends, and what they make of a preset's recipe.</summary>
internal sealed class TrainOptions
{
    private const ulong DefaultSeed = 1;

    private readonly RecipeOption _recipe = new();
    private readonly Option<string?> _model = new("--model") { Description = "The network, a preset (default: what suits the data set)", HelpName = "PRESET" };
    private readonly Option<string?> _network = new("--network") { Description = "A network of your own as text, a layer a line, in a preset's place ('fovea summary lenet5 --text' prints one)", HelpName = "FILE" };
    private readonly Option<string?> _from = new("--from") { Description = "Learn on top of a trained model: its layers make features of the images, and a new last layer learns from them", HelpName = "MODEL" };
    private readonly Option<string?> _freeze = new("--freeze") { Description = "Layers that are not trained, such as conv1,layer1.*", HelpName = "NAMES" };
    private readonly Option<string?> _cut = new("--cut") { Description = "The layer of --from's network whose output is the features (default: its last global pooling or flattening)", HelpName = "NODE" };
    private readonly Option<string?> _unfreeze = MakeUnfreeze();
    private readonly Option<double?> _backboneRate = Numbers.Positive("--lr-backbone", "Learning rate of the first layer once all learn; between it and the last one it rises (default: a hundredth of --lr)");
    private readonly Option<int?> _headEpochs = Numbers.Whole("--head-epochs", "Passes of the new last layer alone, before --unfreeze (default: 20)");
    private readonly Option<int?> _variants = Numbers.Whole("--variants", "With --from and --augment: how many variants of every image features are computed of (default: 4)");
    private readonly SourceOptions _source = new();
    private readonly Option<Shape?> _input = CommonOptions.Input();
    private readonly Option<Colour?> _background = CommonOptions.Background("What is behind transparent parts of a folder's images: white, black, grey or #rrggbb (default: white, or what the model of --from has)");
    private readonly Option<string?> _classPattern = CommonOptions.ClassPattern();
    private readonly Option<string?> _text = CommonOptions.TextColumn();
    private readonly Option<string?> _label = CommonOptions.LabelColumn();
    private readonly Option<int?> _vocabulary = Numbers.Whole("--vocabulary", $"Of texts, the most words that are known, the frequent ones (default: {TrainSettings.DefaultVocabulary})");
    private readonly Option<int?> _length = Numbers.Whole("--length", $"Of texts, the most words that are read (default: {TrainSettings.DefaultTextLength}, or what the longest has)");
    private readonly Option<int?> _embedding = Numbers.Whole("--embedding", "Of texts, how many numbers stand for a word (default: 100)");
    private readonly Option<string?> _vectors = new("--vectors") { Description = "Of texts, the words' vectors to begin with, in the text format of word2vec or GloVe, a word and its numbers a line", HelpName = "FILE" };
    private readonly Option<int?> _epochs = Numbers.Whole("--epochs", "Passes over the training samples");
    private readonly Option<int?> _batchSize = Numbers.Whole("--batch-size", "Samples per batch");
    private readonly Option<int?> _accumulate = Numbers.Whole("--accumulate", "Batches whose gradients are averaged for one update, as one large batch would");
    private readonly Option<bool> _dropLast = new("--drop-last") { Description = "Leave out an epoch's last batch if it is not full" };
    private readonly RateOptions _rates = new();
    private readonly Option<string?> _loss = Numbers.OneOf("--loss", "The loss function", LossFactory.Names);
    private readonly Option<double?> _smoothing = Numbers.BelowOne("--label-smoothing", "Share of every target that is spread evenly over all classes");
    private readonly Option<double?> _clip = Numbers.Positive("--clip", "Scale gradients down to this norm where theirs is larger");
    private readonly Option<double?> _average = Numbers.BelowOne("--ema", "Keep a moving average of the weights, validate and save it; the share that is kept of it at every step, such as 0.999");
    private readonly Option<int?> _patience = Numbers.Whole("--patience", "Stop after N epochs without a better validation result");
    private readonly Option<double?> _validation = Numbers.BelowOne("--validation", "Share of the training samples kept for validation, 0 for none (default: 0.1, of large sets 0.05)");
    private readonly Option<double?> _test = Numbers.BelowOne("--test", "Share of the samples kept for the test, if the data set has no test part; 0 for none (default: 0.1)");
    private readonly Option<string?> _augment = AugmentOption.Make();
    private readonly Option<string?> _balance = Numbers.OneOf("--balance", "How unequal class sizes are balanced", TrainSettings.Balances);
    private readonly Option<int?> _limit = CommonOptions.Limit();
    private readonly Option<ulong?> _seed = Numbers.Seed("--seed", $"Same seed, same weights (default: {DefaultSeed})");

    /// <summary>All of them, in the order of the help.</summary>
    public IEnumerable<Option> All => Listed.Select(listed => listed.Option).Concat(_source.Preparation);

    /// <summary>All of them in the order of the help, each with what a run's settings have for it.</summary>
    private IEnumerable<(Option Option, Func<TrainSettings, object?> Setting)> Listed =>
    [
        (_recipe, run => run.Recipe), (_model, run => run.Model), (_network, run => run.NetworkPath), (_from, run => run.From), (_freeze, run => run.Freeze),
        (_cut, run => run.Cut), (_unfreeze, run => run.Unfreeze), (_backboneRate, run => run.BackboneRate), (_headEpochs, run => run.HeadEpochs), (_variants, run => run.Variants),
        (_input, run => run.Input is null ? null : new Shape(run.Input)), (_background, run => run.Ground), (_classPattern, run => run.ClassPattern), (_text, run => run.TextColumn), (_label, run => run.LabelColumn),
        (_vocabulary, run => run.Vocabulary), (_length, run => run.TextLength), (_embedding, run => run.Embedding), (_vectors, run => run.Vectors), (_epochs, run => run.Epochs), (_batchSize, run => run.BatchSize),
        (_accumulate, run => run.Accumulate), (_dropLast, run => run.DropLast), .. _rates.All, (_loss, run => run.Loss),
        (_smoothing, run => run.LabelSmoothing), (_clip, run => run.Clip), (_average, run => run.AverageDecay),
        (_patience, run => run.Patience), (_validation, run => run.Validation), (_test, run => run.Test), (_augment, run => run.Augment),
        (_balance, run => run.Balance), (_limit, run => run.Limit), (_seed, run => run.Seed),
    ];

    /// <summary>The samples that were asked for.</summary>
    public int? Limit(ParseResult line) => line.GetValue(_limit);

    /// <summary>The trained model to start from that was asked for.</summary>
    /// <exception cref="CommandException">Something was asked for that the model decides.</exception>
    public string? From(ParseResult line)
    {
        string? from = line.GetValue(_from);
        if (from is null && RecipeTable.Find(line.GetValue(_recipe) ?? "") is { Needs: "--from" } recipe)
            throw CommandException.Usage($"recipe {recipe.Name} needs --from, a model that was trained before: a model file, an ONNX file, or a name that 'fovea zoo list' shows");
        foreach (Option option in (Option[])[_model, _network, _input])
            if (from is not null && line.GetResult(option) is { Implicit: false })
                throw CommandException.Usage($"--from {from} brings its own network and input; leave out {option.Name}");
        return from;
    }

    /// <summary>What the line says of an ONNX file; null if it says nothing.</summary>
    public ModelSource? FromSource(ParseResult line) => _source.Of(line) is { FirstGiven: not null } source ? source : null;

    /// <summary>The settings that suit a run from a trained model, unless the line says otherwise.</summary>
    public TrainSettings Transfer(ParseResult line, TrainSettings recipe) =>
        line.GetValue(_freeze) is not null ? recipe : Unfreeze(line) is null ? TransferRecipe.Head(recipe) : TransferRecipe.All(recipe);

    private string? Unfreeze(ParseResult line) => line.GetResult(_unfreeze) is { Implicit: false } ? line.GetValue(_unfreeze) : null;

    /// <summary>A word that may be left out, but not be another one.</summary>
    private static Option<string?> MakeUnfreeze()
    {
        Option<string?> option = Numbers.OneOf("--unfreeze", "With --from: let the other layers learn, too, once the last one has; at once (the default), or from the last one to the first", TrainSettings.Unfreezings);
        Func<ArgumentResult, string?> parse = option.CustomParser!;
        option.Arity = ArgumentArity.ZeroOrOne;
        option.CustomParser = result => result.Tokens.Count == 0 ? TrainSettings.Unfreezings[0] : parse(result);
        return option;
    }

    /// <summary>The input that was asked for.</summary>
    public Shape? Input(ParseResult line) => line.GetValue(_input);

    /// <summary>The background that was asked for.</summary>
    public Colour? Background(ParseResult line) => line.GetValue(_background);

    /// <summary>The columns of texts and of classes that were asked for.</summary>
    public (string? Text, string? Label) Columns(ParseResult line) => (line.GetValue(_text), line.GetValue(_label));

    /// <summary>The pattern of names that was asked for.</summary>
    public string? ClassPattern(ParseResult line) => line.GetValue(_classPattern);

    /// <summary>The network as text that was asked for, and the file it is in.</summary>
    /// <exception cref="CommandException">There is no such file or text, or a preset was asked for as well.</exception>
    public (string Path, NetworkText Text)? Network(ParseResult line)
    {
        if (line.GetValue(_network) is not { } path)
            return null;
        return line.GetResult(_model) is { Implicit: false }
            ? throw CommandException.Usage($"--network {path} is a network of its own; leave out {_model.Name}")
            : (path, NetworkFile.Load(path));
    }

    /// <summary>The preset that was asked for.</summary>
    public string? Model(ParseResult line) => line.GetValue(_model);

    /// <summary>The recipe of a preset, changed by what was asked for.</summary>
    /// <exception cref="CommandException">The options do not go together.</exception>
    public TrainSettings Apply(ParseResult line, TrainSettings recipe)
    {
        string loss = line.GetValue(_loss) ?? recipe.Loss;
        return (_rates.Apply(line, recipe) with
        {
            Recipe = line.GetValue(_recipe),
            Input = line.GetValue(_input)?.ToArray() ?? recipe.Input,
            Freeze = line.GetValue(_freeze),
            FromSource = FromSource(line),
            Cut = line.GetValue(_cut),
            Unfreeze = Unfreeze(line),
            BackboneRate = line.GetValue(_backboneRate),
            HeadEpochs = line.GetValue(_headEpochs),
            Variants = line.GetValue(_variants),
            ClassPattern = line.GetValue(_classPattern),
            TextColumn = line.GetValue(_text),
            LabelColumn = line.GetValue(_label),
            Vocabulary = line.GetValue(_vocabulary),
            TextLength = line.GetValue(_length),
            Embedding = line.GetValue(_embedding),
            Vectors = line.GetValue(_vectors),
            Epochs = line.GetValue(_epochs) ?? recipe.Epochs,
            BatchSize = line.GetValue(_batchSize) ?? recipe.BatchSize,
            Accumulate = line.GetValue(_accumulate) ?? recipe.Accumulate,
            DropLast = line.GetValue(_dropLast) || recipe.DropLast,
            Loss = loss,
            LabelSmoothing = line.GetValue(_smoothing) ?? (loss == recipe.Loss ? recipe.LabelSmoothing : null),
            Clip = line.GetValue(_clip) ?? recipe.Clip,
            AverageDecay = line.GetValue(_average) ?? recipe.AverageDecay,
            Patience = line.GetValue(_patience) ?? recipe.Patience,
            Validation = line.GetValue(_validation),
            Test = line.GetValue(_test),
            Augment = line.GetValue(_augment) ?? recipe.Augment,
            Balance = line.GetValue(_balance),
            Limit = line.GetValue(_limit),
            Seed = line.GetValue(_seed) ?? DefaultSeed,
        }).Check();
    }

    /// <summary>Checks that the line asks for nothing that a stored run does not do anyway.</summary>
    /// <exception cref="CommandException">It does.</exception>
    public void RequireAgreement(ParseResult line, TrainSettings stored, string folder)
    {
        foreach ((Option option, Func<TrainSettings, object?> setting) in Listed)
            ResumeChecks.RequireAgreement(line, option, setting(stored), folder);
        if (line.GetValue(_network) is { } path && NetworkFile.Load(path).Source != stored.Network)
            throw CommandException.Usage($"{path} has changed since the run in {folder} began; leave out {_network.Name} to go on with the network as it was");
    }
}
