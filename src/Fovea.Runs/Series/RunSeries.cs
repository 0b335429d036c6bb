using Fovea.Runs.Datasets;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Runs.Training;
using Fovea.Training;

namespace Fovea.Runs.Series;

/// <summary>Several runs, each in a folder of its own inside one, and what comes out of all of them.</summary>
/// <param name="plan">What is run.</param>
/// <param name="path">The folder of all.</param>
/// <param name="load">Reads the samples of a run.</param>
/// <param name="context">What the runs have around them.</param>
/// <param name="before">What was done already; null for nothing.</param>
internal sealed class RunSeries(SeriesPlan plan, string path, Func<TrainSettings, TrainingData> load, RunContext context, SeriesSummary? before = null)
{
    private readonly string _command = before?.Command ?? context.Command;
    private readonly IProgress<RunEvent>? _progress = context.Progress;
    private readonly List<RunSummary> _done = [.. before?.Runs ?? []];
    private RunTime? _unfinished = before?.Unfinished;

    /// <summary>Where an interrupted series stands.</summary>
    public string Position { get; private set; } = "";

    /// <summary>Makes the runs that are not done yet; null if it was interrupted, with all saved that it takes to go on.</summary>
    /// <exception cref="RunException">The data cannot be cut so, or the folder cannot be written to.</exception>
    public SeriesSummary? Execute()
    {
        for (int run = 0; run < plan.Count; run++)
        {
            if (Done(run) is { } old)
                _progress.Say($"{plan.Title(run)} is done{(old.Test is { } test ? $": {Format.Percent(test.Accuracy)}" : "")}");
            else if (!Make(run))
                return null;
        }
        SeriesSummary summary = Summary();
        TryReport(summary);
        return summary;
    }

    /// <summary>
    /// What a run that is done has come to; null if it is not. What the record says counts only if the run's own files say the
    /// same: otherwise the run is measured again, and made again if it has no checkpoint.
    /// </summary>
    private RunSummary? Done(int run)
    {
        if (_done.FirstOrDefault(done => done.Name == plan.Name(run)) is not { } recorded)
            return null;
        if (RunEvidence.Against(Path.Combine(path, recorded.Name), recorded, plan.SettingsOf(run)) is not { } reason)
            return recorded;
        _progress.Warn($"the record says of {recorded.Name} what its own files do not: {reason}; it is measured again");
        _done.Remove(recorded);
        return null;
    }

    private bool Make(int run)
    {
        var clock = new RunClock();
        _progress.Say(plan.Title(run));
        TrainSettings settings = plan.SettingsOf(run);
        TrainingData data = load(settings);
        string name = plan.Name(run), place = Path.Combine(path, name);
        using RunClaim claim = RunClaim.Existing(place);
        RunFolder folder = claim.Folder;
        // From now on there is something to go on with.
        SummaryFile.Write(path, Summary());
        bool isBegun = File.Exists(folder.CheckpointPath);
        TrainRun training = isBegun
            ? TrainRun.Resume(settings, data, folder, context, RunEvidence.CheckpointOf(folder, settings), plan.Title(run))
            : TrainRun.Start(settings, data, folder, context, title: plan.Title(run));
        TrainReport? report = training.Execute();
        // A process that was killed has left no record of its time.
        RunTime time = (_unfinished ?? new RunTime(0, 0, SinceResumed: isBegun)) + clock.Elapsed;
        if (report is null)
        {
            (_unfinished, Position) = (time, $"{plan.Title(run)}, {training.Position}");
            SummaryFile.Write(path, Summary());
            return false;
        }
        _unfinished = null;
        RunSummary own = training.Summary(name, report, time);
        // Its own record first: the one of all is checked against it.
        SummaryFile.Write(place, SeriesSummary.Of(new SeriesPlan(SeriesKind.Single, 1, settings), [own], null, _command));
        _done.Insert(run, own);
        SummaryFile.Write(path, Summary());
        if (report.Test is { } test)
            _progress.Say($"{plan.Title(run)}: {Format.Percent((report.TestWithViews ?? test).Accuracy)} of {Format.Count(test.Samples)} samples");
        return true;
    }

    private SeriesSummary Summary() => SeriesSummary.Of(plan, _done, _unfinished, _command);

    /// <summary>The models are safe already, so a page that cannot be written does not fail the series.</summary>
    private void TryReport(SeriesSummary summary)
    {
        try
        {
            SeriesPage.Write(path, summary);
            _progress.Say($"report: {Path.Combine(path, "report.html")}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _progress.Warn($"the report cannot be written: {ErrorText.OneLine(error.Message)}");
        }
    }
}
