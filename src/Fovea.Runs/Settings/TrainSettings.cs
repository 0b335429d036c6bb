using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fovea.Data.Augmentation;
using Fovea.Imaging;
using Fovea.Losses;
using Fovea.Networks.Text;
using Fovea.Optimizers;
using Fovea.Schedules;
using Fovea.Training;

namespace Fovea.Runs.Settings;

/// <summary>
/// All that decides how a run ends: stored in its checkpoints, so that a resumed run is the same run. Where data lie
/// and how many threads work is no part of it.
/// </summary>
public sealed record TrainSettings
{
    /// <summary>The data set's name or full path.</summary>
    public required string Dataset { get; init; }

    /// <summary>The recipe that the settings started from; null for none.</summary>
    public string? Recipe { get; init; }

    /// <summary>The preset, or what the network is called.</summary>
    public required string Model { get; init; }

    /// <summary>The network as text, as it was when the run began; null for a preset or a trained model.</summary>
    public string? Network { get; init; }

    /// <summary>The file that <see cref="Network"/> was in.</summary>
    public string? NetworkPath { get; init; }

    /// <summary>The file of the trained model that the run starts from; null for a network that is drawn.</summary>
    public string? From { get; init; }

    /// <summary>What the file of <see cref="From"/> does not say itself; null if there is nothing.</summary>
    public ModelSource? FromSource { get; init; }

    /// <summary>The layers that stay as they are, separated by commas; null for none.</summary>
    public string? Freeze { get; init; }

    /// <summary>The node of <see cref="From"/>'s network whose output is the features that a new head learns from; null for the last pooling or flattening.</summary>
    public string? Cut { get; init; }

    /// <summary>How the layers of <see cref="From"/> learn once the head has: one of <see cref="Unfreezings"/>; null for not at all.</summary>
    public string? Unfreeze { get; init; }

    /// <summary>The first layer's learning rate once all layers learn; null for a hundredth of the last one's.</summary>
    public double? BackboneRate { get; init; }

    /// <summary>How often the head sees every sample before the other layers learn, too.</summary>
    public int? HeadEpochs { get; init; }

    /// <summary>The augmented variants of every image, itself among them, whose features a head learns from; null for the default.</summary>
    public int? Variants { get; init; }

    /// <summary>Whether a head learns from the features of a backbone that was trained before: all that is done, or the beginning.</summary>
    [JsonIgnore]
    public bool IsTransfer => From is not null && Freeze is null;

    /// <summary>All layers at once, or more of them from epoch to epoch, the last ones first.</summary>
    public static IReadOnlyList<string> Unfreezings { get; } = ["all", "gradual"];

    /// <summary>(C, H, W) of the network's input, if it was asked for.</summary>
    public int[]? Input { get; init; }

    /// <summary>What is behind transparent pixels, as <see cref="Colour.TryParse"/> reads it; null for black, as older runs had it.</summary>
    public string? Background { get; init; }

    /// <summary>The colour of <see cref="Background"/>.</summary>
    [JsonIgnore]
    public Colour Ground => Background is null ? Colour.Black
        : Colour.TryParse(Background, out Colour colour) ? colour : throw new ArgumentException("background must be a colour such as #ff8000");

    /// <summary>The pattern of a folder's files' names that says their classes; null for folders or a table.</summary>
    public string? ClassPattern { get; init; }

    /// <summary>The words of a vocabulary unless another number is asked for.</summary>
    public const int DefaultVocabulary = 20_000;

    /// <summary>The words of a text that are read at most, unless another number is asked for.</summary>
    public const int DefaultTextLength = 256;

    /// <summary>The shortest input of a network that takes texts.</summary>
    internal const int LeastTextLength = 8;

    /// <summary>The column of a table with the texts; null for one that is called so.</summary>
    public string? TextColumn { get; init; }

    /// <summary>The column of a table with the classes; null for one that is called so.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>The most words of the vocabulary; null for the default.</summary>
    public int? Vocabulary { get; init; }

    /// <summary>The most words of a text that are read; null for the default.</summary>
    public int? TextLength { get; init; }

    /// <summary>The length of a word's vector; null for the preset's.</summary>
    public int? Embedding { get; init; }

    /// <summary>The file of the vectors that words begin with; null for vectors that are drawn.</summary>
    public string? Vectors { get; init; }

    /// <summary>How often every sample is seen.</summary>
    public required int Epochs { get; init; }

    /// <summary>Samples a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Batches that move the weights together.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Whether an epoch's last batch is left out if it is not full.</summary>
    public bool DropLast { get; init; }

    /// <summary>The base that the schedule scales.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The optimiser's name.</summary>
    public required string Optimizer { get; init; }

    /// <summary>The optimiser's settings.</summary>
    public OptimizerOptions OptimizerOptions { get; init; } = new();

    /// <summary>The schedule's name.</summary>
    public required string Schedule { get; init; }

    /// <summary>The schedule's settings.</summary>
    public ScheduleOptions ScheduleOptions { get; init; } = new();

    /// <summary>The loss's name.</summary>
    public required string Loss { get; init; }

    /// <summary>The share of every target that is spread over all classes; null for the loss's default.</summary>
    public double? LabelSmoothing { get; init; }

    /// <summary>The largest norm of the gradients; null for any.</summary>
    public double? Clip { get; init; }

    /// <summary>What the weights' moving average keeps of itself at every update; null for no average.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>Epochs without a better validation result until the run stops; null for never.</summary>
    public int? Patience { get; init; }

    /// <summary>The share of the training samples that is kept for validation; null for the default.</summary>
    public double? Validation { get; init; }

    /// <summary>The share of the samples that is kept for the test; null for the default.</summary>
    public double? Test { get; init; }

    /// <summary>Into how many parts the samples are cut for cross-validation; null for none.</summary>
    public int? Folds { get; init; }

    /// <summary>Which of these parts is the test, from 1.</summary>
    public int? Fold { get; init; }

    /// <summary>What is done to training images, as <see cref="Augmenter.Parse"/> reads it; null for nothing.</summary>
    public string? Augment { get; init; }

    /// <summary>What rare classes get: one of <see cref="Balances"/>; null for nothing.</summary>
    public string? Balance { get; init; }

    /// <summary>The copies of every sample that the test is made with, too, as <see cref="TestTimeViews.Parse"/> reads them; null for none.</summary>
    public string? Views { get; init; }

    /// <summary>The most samples of every part; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Names the weights, shuffles and masks.</summary>
    public required ulong Seed { get; init; }

    private const int LongestText = 10_000, LongestSide = 65_535;

    private (string Name, string? Text, bool IsNeeded)[] Texts =>
    [
        ("dataset", Dataset, true), ("recipe", Recipe, false), ("model", Model, true), ("network file", NetworkPath, false), ("from", From, false), ("freeze", Freeze, false), ("cut", Cut, false), ("unfreeze", Unfreeze, false),
        ("optimizer", Optimizer, true), ("schedule", Schedule, true), ("loss", Loss, true), ("augment", Augment, false),
        ("balance", Balance, false), ("text column", TextColumn, false), ("label column", LabelColumn, false), ("vectors", Vectors, false), ("views", Views, false),
    ];

    private (string Name, int? Number)[] Counts =>
    [
        ("epochs", Epochs), ("batch size", BatchSize), ("accumulate", Accumulate), ("patience", Patience), ("folds", Folds), ("fold", Fold), ("limit", Limit), ("head epochs", HeadEpochs), ("variants", Variants),
        ("vocabulary", Vocabulary), ("length", TextLength), ("embedding", Embedding),
    ];

    private (string Name, double? Share)[] Shares => [("label smoothing", LabelSmoothing), ("ema", AverageDecay), ("validation", Validation), ("test", Test)];

    /// <summary>The optimiser.</summary>
    public Optimizer CreateOptimizer() => OptimizerFactory.Create(Optimizer, LearningRate, OptimizerOptions);

    /// <summary>The schedule.</summary>
    public Schedule CreateSchedule() => ScheduleFactory.Create(Schedule, ScheduleOptions);

    /// <summary>Larger weights in the loss, or more turns in an epoch.</summary>
    public static IReadOnlyList<string> Balances { get; } = ["weights", "sampling"];

    /// <summary>The augmentation.</summary>
    public Augmenter? CreateAugmenter() => Augment is null ? null : Augmenter.Parse(Augment);

    /// <summary>The copies that every sample of the test is judged by, too; null for none.</summary>
    public TestTimeViews? CreateViews() => Views is null ? null : TestTimeViews.Parse(Views);

    /// <summary>The loss.</summary>
    /// <param name="classWeights">One weight a class, if rare classes get larger ones.</param>
    public Loss CreateLoss(IReadOnlyList<float>? classWeights = null) => LossFactory.Create(
        Loss, LabelSmoothing is null && classWeights is null ? null : new LossOptions { LabelSmoothing = LabelSmoothing, ClassWeights = classWeights });

    /// <summary>The settings as a checkpoint stores them.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SettingsJson.Default.TrainSettings);

    /// <summary>Reads what a checkpoint stores.</summary>
    /// <param name="json">The settings.</param>
    /// <param name="path">The checkpoint, for messages.</param>
    /// <exception cref="RunException">They are none that can be.</exception>
    public static TrainSettings Read(string json, string path)
    {
        try
        {
            return (JsonSerializer.Deserialize(json, SettingsJson.Default.TrainSettings) ?? throw new JsonException("nothing is there")).Check();
        }
        catch (Exception error) when (error is JsonException or RunException or ArgumentException)
        {
            throw new RunException($"{path}: the settings of the run do not fit: {error.Message}", error);
        }
    }

    /// <summary>
    /// The settings, if all are such as the command line allows, and optimiser, schedule, loss and augmentation accept
    /// theirs. They may come from a file that somebody else made.
    /// </summary>
    /// <exception cref="RunException">One is not.</exception>
    public TrainSettings Check()
    {
        try
        {
            _ = Ground;
            foreach ((string name, string? text, bool isNeeded) in Texts)
                if (text is null ? isNeeded : text.Length is 0 or > LongestText || text.Any(char.IsControl))
                    throw new ArgumentException($"{name} must be one line of text");
            foreach ((string name, int? number) in Counts)
                if (number < 1)
                    throw new ArgumentException($"{name} must be a positive whole number, got {number}");
            foreach ((string name, double? share) in Shares)
                if (share is not (null or (>= 0 and < 1)))
                    throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} must be at least 0 and below 1, got {share}"));
            if (!double.IsFinite(LearningRate) || LearningRate <= 0 || Clip is not null && !(Clip > 0 && double.IsFinite(Clip.Value)))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"learning rate and clipping must be positive, got {LearningRate} and {Clip ?? 1}"));
            if (Input is not (null or [1 or 3, > 0 and <= LongestSide, > 0 and <= LongestSide] or [> 0 and <= LongestSide]))
                throw new ArgumentException($"input must be 1 or 3 channels, height and width, got {string.Join('x', Input.Take(4))}");
            if ((Folds is null) != (Fold is null) || Folds < 2 || Fold > Folds)
                throw new ArgumentException($"fold {Fold} of {Folds} cannot be");
            if (OptimizerOptions is null || ScheduleOptions is null)
                throw new ArgumentException("the settings of optimizer and schedule are missing");
            if (Network is not null)
                NetworkText.Parse(Network);
            CreateOptimizer();
            CreateSchedule();
            CreateLoss(Balance == "weights" ? [1] : null);
            CreateAugmenter();
            _ = CreateViews();
            if (BackboneRate is not null && !(BackboneRate > 0 && double.IsFinite(BackboneRate.Value)))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the backbone's learning rate must be positive, got {BackboneRate}"));
            if (Unfreeze is not null && !Unfreezings.Contains(Unfreeze))
                throw new ArgumentException($"unknown way to unfreeze '{Unfreeze}'; known are {string.Join(", ", Unfreezings)}");
            if (Vectors is not null && (From ?? Network) is not null)
                throw new ArgumentException($"--vectors are for a new network of texts; leave out {(From is not null ? "--from, which has its own" : "--network")}");
            RequireTransfer();
            FromSource?.Check();
            return Balance is null || Balances.Contains(Balance) ? this : throw new ArgumentException($"unknown balance '{Balance}'; known are {string.Join(", ", Balances)}");
        }
        catch (Exception error) when (error is ArgumentException or NetworkTextException)
        {
            throw RunException.InvalidRequest(error.Message, error);
        }
    }

    /// <summary>Options of transfer learning mean something only where it is done.</summary>
    private void RequireTransfer()
    {
        if (From is null && FromSource?.FirstGiven is { } option)
            throw new ArgumentException($"{option} needs --from, an ONNX file that it is said of");
        if (From is null && (Cut ?? Unfreeze) is not null)
            throw new ArgumentException($"{(Cut is not null ? "--cut" : "--unfreeze")} needs --from, a model that was trained before");
        if (Freeze is not null && (Cut ?? Unfreeze) is not null)
            throw new ArgumentException($"--freeze names what does not learn, {(Cut is not null ? "--cut" : "--unfreeze")} leaves that to transfer learning; leave out one of them");
        if (Unfreeze is null && (BackboneRate is not null || HeadEpochs is not null))
            throw new ArgumentException($"{(HeadEpochs is not null ? "--head-epochs" : "--lr-backbone")} needs --unfreeze, without which only the head learns, for --epochs at --lr");
        if (BackboneRate > LearningRate)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"--lr-backbone {BackboneRate} is larger than --lr {LearningRate}: layers that were trained before learn no faster than the head"));
        if (Variants > 1 && Augment is null)
            throw new ArgumentException("--variants needs --augment, which makes them");
        if (Variants is not null && !IsTransfer)
            throw new ArgumentException("--variants needs --from without --freeze: only features are kept in variants");
    }
}
