using Fovea.Runs.Datasets;
using Fovea.Runs.Settings;
using Fovea.Runs.Training;
using Fovea.Training;

namespace Fovea.Runs.Series;

/// <summary>
/// A run, or several of a series, in its folder: from the claim of the folder, which no other process takes meanwhile, to
/// the summary. Disposing it gives the folder free.
/// </summary>
/// <example>
/// <code>
/// DataSource photos = DataSource.Find("photos/", new DataRequest());
/// TrainSettings settings = PresetChoice.Recipe(photos.DefaultModel, photos.Name);
/// using TrainingJob job = TrainingJob.Create(settings, "runs/photos");
/// await foreach (EpochProgress epoch in job.EpochsAsync(photos, new RunContext()))
///     Console.WriteLine(epoch.Epoch.ValidationAccuracy);
/// Console.WriteLine(job.Run?.Test?.Accuracy);
/// </code>
/// </example>
public sealed class TrainingJob : IDisposable
{
    private readonly RunClock _clock = new();
    private readonly RunClaim _claim;
    private SeriesSummary? _before;
    private RunCheckpoint? _checkpoint;

    private TrainingJob(RunClaim claim, TrainSettings settings, SeriesPlan? plan) => (_claim, Settings, Plan) = (claim, settings, plan);

    /// <summary>The settings of the run, or what the runs have in common.</summary>
    public TrainSettings Settings { get; }

    /// <summary>What the runs of a series differ in; null for a single run.</summary>
    public SeriesPlan? Plan { get; }

    /// <summary>The folder.</summary>
    public string Folder => _claim.Path;

    /// <summary>What a single run came to; null for a series, until it is done, and if it was interrupted.</summary>
    public TrainReport? Run { get; private set; }

    /// <summary>What a series came to; null for a single run, until it is done, and if it was interrupted.</summary>
    public SeriesSummary? Series { get; private set; }

    /// <summary>Where it stands if it was interrupted; empty before.</summary>
    public string Position { get; private set; } = "";

    /// <summary>What was saved if it was interrupted: the checkpoint of a run, the folder of a series.</summary>
    public string Saved => Plan is null ? _claim.Folder.CheckpointPath : Folder;

    /// <summary>Claims a folder for something new. What was trained before is never overwritten.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="folder">The folder; made if need be.</param>
    /// <param name="plan">What the runs of a series differ in; null for a single run.</param>
    /// <exception cref="RunException">There is a run, or one goes on there; or the folder cannot be made or written to.</exception>
    public static TrainingJob Create(TrainSettings settings, string folder, SeriesPlan? plan = null) => new(RunClaim.New(folder), settings, plan);

    /// <summary>Claims a folder that nobody has taken, by the names of data and network: <c>runs/digits-lenet5</c>, or with a number behind it.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="source">The data set.</param>
    /// <param name="plan">What the runs of a series differ in; null for a single run.</param>
    /// <exception cref="RunException">The folder cannot be made or written to.</exception>
    public static TrainingJob Create(TrainSettings settings, DataSource source, SeriesPlan? plan = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(source);
        return new TrainingJob(RunClaim.Free($"runs/{source.ShortName}-{FolderName(settings.Recipe ?? settings.Model)}{plan?.Suffix}"), settings, plan);
    }

    /// <summary>Claims the folder of what was interrupted, to go on with it.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="RunException">It goes on already, or what the folder holds is no record of a run.</exception>
    /// <exception cref="FileNotFoundException">There is no run.</exception>
    /// <exception cref="Serialization.ModelFormatException">The checkpoint is not sound.</exception>
    public static TrainingJob Reopen(string folder)
    {
        if (!Directory.Exists(folder))
            RunFolder.Open(folder);
        var claim = RunClaim.Existing(folder);
        try
        {
            if (SummaryFile.Exists(folder))
            {
                SeriesSummary before = SummaryFile.Load(folder);
                return new TrainingJob(claim, before.Settings, new SeriesPlan(before.Kind, before.Count, before.Settings)) { _before = before };
            }
            var run = RunFolder.Open(folder);
            RunCheckpoint checkpoint = run.LoadCheckpoint();
            return new TrainingJob(claim, TrainSettings.Read(checkpoint.Settings, run.CheckpointPath), null) { _checkpoint = checkpoint };
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>Reads the data and trains to the end; then <see cref="Run"/> or <see cref="Series"/> is there.</summary>
    /// <param name="source">The data set, asked for what <see cref="Settings"/> say.</param>
    /// <param name="context">What the job has around it.</param>
    /// <returns>False if it was interrupted, with all saved that it takes to go on.</returns>
    /// <exception cref="RunException">Settings and data do not go together, or a file cannot be written.</exception>
    /// <exception cref="TrainingDivergedException">Loss, outputs or weights are no longer numbers.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before there was anything to save.</exception>
    public bool Execute(DataSource source, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(context);
        return Plan is null ? ExecuteRun(source, context) : ExecuteSeries(source, context, Plan);
    }

    /// <summary>
    /// Does what <see cref="Execute"/> does in a thread of its own, and gives the epochs as they are made. Whoever stops
    /// reading interrupts it; then all is saved that it takes to go on.
    /// </summary>
    /// <param name="source">The data set, asked for what <see cref="Settings"/> say.</param>
    /// <param name="context">What the job has around it.</param>
    /// <param name="cancellation">Interrupts it, as the context's does: the epochs end.</param>
    /// <inheritdoc cref="Execute" path="/exception"/>
    public IAsyncEnumerable<EpochProgress> EpochsAsync(DataSource source, RunContext context, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(context);
        return EpochStream.Of(context, heard => Execute(source, heard), cancellation);
    }

    /// <summary>Gives the folder free.</summary>
    public void Dispose() => _claim.Dispose();

    private bool ExecuteRun(DataSource source, RunContext context)
    {
        TrainingData data = TrainingData.Load(source, Settings, context.Progress);
        TrainRun run = _checkpoint is null ? TrainRun.Start(Settings, data, _claim.Folder, context) : TrainRun.Resume(Settings, data, _claim.Folder, context, _checkpoint);
        TrainReport? report = run.Execute();
        if (report is null)
        {
            Position = run.Position;
            return false;
        }
        RunSummary summary = run.Summary(Path.GetFileName(Path.GetFullPath(Folder)), report, _clock.Elapsed with { SinceResumed = _checkpoint is not null });
        TrySummary(SeriesSummary.Of(new SeriesPlan(SeriesKind.Single, 1, Settings), [summary], null, context.Command), context);
        Run = report;
        return true;
    }

    private bool ExecuteSeries(DataSource source, RunContext context, SeriesPlan plan)
    {
        var series = new RunSeries(plan, Folder, own => TrainingData.Load(source, own, context.Progress), context, _before);
        Series = series.Execute();
        Position = Series is null ? series.Position : "";
        return Series is not null;
    }

    /// <summary>The model is safe already, so a summary that cannot be written does not fail the run.</summary>
    private void TrySummary(SeriesSummary summary, RunContext context)
    {
        try
        {
            SummaryFile.Write(Folder, summary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            context.Progress.Warn($"the summary cannot be written: {ErrorText.OneLine(error.Message)}");
        }
    }

    /// <summary>A network's name comes from a file, which may have been a stranger's: it leads to no other folder.</summary>
    private static string FolderName(string network) => string.Concat(network.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));
}
