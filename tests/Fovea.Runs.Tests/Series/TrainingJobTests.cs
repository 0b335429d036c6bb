using Fovea.Runs.Datasets;
using Fovea.Runs.Series;
using Fovea.Runs.Settings;
using Fovea.Runs.Training;
using Fovea.Training;

namespace Fovea.Runs.Tests.Series;

/// <summary>Runs and series through the library alone.</summary>
public sealed class TrainingJobTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_tells_what_happens_in_order()
    {
        var events = new Events();
        using TrainingJob job = TrainingJob.Create(Settings(epochs: 2), _folder["run"]);
        Assert.True(job.Execute(Digits(events), new RunContext { Progress = events, Command = "a test" }));

        Assert.Equal(2, job.Run!.History.Count);
        Assert.Equal(100, job.Run.Test!.Samples);
        foreach (string file in (string[])["model.safetensors", "checkpoint.safetensors", "history.csv", "summary.json", "report.html"])
            Assert.True(File.Exists(Path.Combine(job.Folder, file)), file);
        RunEvent[] all = [.. events.All];
        int started = Array.FindIndex(all, each => each is TrainingStarted), ended = Array.FindIndex(all, each => each is TrainingEnded { End: TrainingEnd.Completed });
        Assert.True(0 < started && started < ended);
        Assert.Contains("samples to learn from", Assert.IsType<RunMessage>(all[started - 1]).Line, StringComparison.Ordinal);
        Assert.Equal([1, 2], all.OfType<EpochProgress>().Select(each => each.Epoch.Epoch));
        Assert.All(all.Index().Where(each => each.Item is BatchProgress or EpochProgress), each => Assert.InRange(each.Index, started + 1, ended - 1));
        Assert.Contains(all.OfType<BatchProgress>(), each => each.Batch.Epochs == 2);
        Assert.Equal($"report: {Path.Combine(job.Folder, "report.html")}", Assert.IsType<RunMessage>(all[^1]).Line);
        Assert.Contains("a test", File.ReadAllText(Path.Combine(job.Folder, "summary.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Epochs_come_as_they_are_made_and_change_nothing()
    {
        using TrainingJob job = TrainingJob.Create(Settings(epochs: 3), _folder["async"]), plain = TrainingJob.Create(Settings(epochs: 3), _folder["plain"]);
        var epochs = new List<EpochProgress>();
        await foreach (EpochProgress epoch in job.EpochsAsync(Digits(), new RunContext()))
        {
            // The checkpoint of an epoch is there before the epoch is told.
            Assert.True(File.Exists(Path.Combine(job.Folder, "checkpoint.safetensors")));
            epochs.Add(epoch);
        }
        Assert.Equal([1, 2, 3], epochs.Select(epoch => epoch.Epoch.Epoch));
        Assert.Equal(epochs.Select(epoch => epoch.Epoch), job.Run!.History);
        Assert.True(plain.Execute(Digits(), new RunContext()));
        Assert.Equal(Model("plain"), Model("async"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_is_cancelled_or_left_saves_itself_and_goes_on_to_the_same_weights(bool left)
    {
        using (TrainingJob whole = TrainingJob.Create(Settings(epochs: 4), _folder["whole"]))
            Assert.True(whole.Execute(Digits(), new RunContext()));
        using (TrainingJob job = TrainingJob.Create(Settings(epochs: 4), _folder["part"]))
        {
            // Without this the run might end first: the second epoch, if it is reached, waits until it is cancelled.
            using var gate = new ManualResetEventSlim();
            using var cancellation = new CancellationTokenSource();
            var events = new Events(each =>
            {
                if (each is EpochProgress { Epoch.Epoch: 2 })
                    gate.Wait();
            });
            IAsyncEnumerator<EpochProgress> epochs = job.EpochsAsync(Digits(), new RunContext { Progress = events }, cancellation.Token).GetAsyncEnumerator(CancellationToken.None);
            Assert.True(await epochs.MoveNextAsync());
            if (left)
            {
                ValueTask end = epochs.DisposeAsync();
                gate.Set();
                await end;
            }
            else
            {
                await cancellation.CancelAsync();
                gate.Set();
                while (await epochs.MoveNextAsync())
                    Assert.Equal(2, epochs.Current.Epoch.Epoch);
                await epochs.DisposeAsync();
            }
            Assert.Null(job.Run);
            Assert.Contains("epoch ", job.Position, StringComparison.Ordinal);
            Assert.True(File.Exists(job.Saved));
            Assert.Contains("another process", Assert.Throws<RunException>(() => TrainingJob.Reopen(_folder["part"])).Message, StringComparison.Ordinal);
        }
        using (var again = TrainingJob.Reopen(_folder["part"]))
        {
            Assert.Equal(4, again.Settings.Epochs);
            Assert.True(again.Execute(Digits(), new RunContext()));
        }
        Assert.Equal(Model("whole"), Model("part"));
    }

    [Fact]
    public async Task Errors_come_behind_the_last_epoch()
    {
        using TrainingJob job = TrainingJob.Create(Settings(epochs: 2) with { LearningRate = 1e30 }, _folder["run"]);
        await Assert.ThrowsAsync<TrainingDivergedException>(async () =>
        {
            await foreach (EpochProgress _ in job.EpochsAsync(Digits(), new RunContext()))
                Assert.Null(job.Run);
        });
    }

    [Fact]
    public async Task A_series_gives_the_epochs_of_all_its_runs()
    {
        TrainSettings settings = Settings(epochs: 1);
        using TrainingJob job = TrainingJob.Create(settings, _folder["folds"], new SeriesPlan(SeriesKind.Folds, 2, settings));
        var titles = new List<string?>();
        await foreach (EpochProgress epoch in job.EpochsAsync(Digits(), new RunContext()))
            titles.Add(epoch.Title);
        Assert.Equal(["fold 1 of 2", "fold 2 of 2"], titles);
        Assert.Equal(100, job.Series!.Pooled!.Samples);
    }

    [Fact]
    public void A_folder_is_claimed_once_and_never_written_over()
    {
        using (TrainingJob first = TrainingJob.Create(Settings(epochs: 1), _folder["run"]))
        {
            Assert.Contains("another process", Assert.Throws<RunException>(() => TrainingJob.Create(Settings(epochs: 1), _folder["run"])).Message, StringComparison.Ordinal);
            first.Execute(Digits(), new RunContext());
        }
        Assert.Contains("holds a run already", Assert.Throws<RunException>(() => TrainingJob.Create(Settings(epochs: 1), _folder["run"])).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => TrainingJob.Reopen(_folder["none"]));
    }

    private static TrainSettings Settings(int epochs) => PresetChoice.Recipe("lenet5", "digits") with { Epochs = epochs, BatchSize = 16, Limit = 100 };

    private static DataSource Digits(IProgress<RunEvent>? progress = null) => DataSource.Find("digits", new DataRequest { Limit = 100 }, progress);

    private byte[] Model(string run) => File.ReadAllBytes(_folder[Path.Combine(run, "model.safetensors")]);

    private sealed class Events(Action<RunEvent>? also = null) : IProgress<RunEvent>
    {
        private readonly List<RunEvent> _all = [];

        public IReadOnlyList<RunEvent> All => _all;

        public void Report(RunEvent value)
        {
            lock (_all)
                _all.Add(value);
            also?.Invoke(value);
        }
    }
}
