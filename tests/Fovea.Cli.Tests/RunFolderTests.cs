using System.Diagnostics;
using System.Text.Json.Nodes;
using Fovea.Runs.Series;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Cli.Tests;

/// <summary>Folders of runs: taken by one process at a time, resumed after any end, and not believed.</summary>
public sealed class RunFolderTests : IDisposable
{
    private static readonly string[] Digits = ["train", "digits", "--limit", "100", "--batch-size", "16", "--epochs", "3"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_that_a_run_holds_is_refused_or_the_next_number_taken()
    {
        using (RunClaim.Free(_folder["digits"]))
        {
            using RunClaim second = RunClaim.Free(_folder["digits"]);
            Assert.Equal(_folder["digits-2"], second.Path);
            CommandRun.Of([.. Digits, "--out", _folder["digits"]]).FailsWith(ExitCode.Failed, "another process trains in", _folder["digits"], "choose another --out");
        }
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        CommandRun.Of([.. Digits, "--out", _folder["digits"]]).Succeeds();
        Assert.False(File.Exists(_folder["digits/.lock"]));
    }

    [Fact]
    public void Many_at_once_take_folders_of_their_own()
    {
        string[] taken = new string[24];
        Parallel.For(0, taken.Length, i =>
        {
            using RunClaim claim = RunClaim.Free(_folder["a/run"]);
            File.WriteAllText(Path.Combine(claim.Path, "kept"), "");
            taken[i] = claim.Path;
        });
        Assert.Equal(taken.Length, taken.Distinct().Count());
        // Claims that leave nothing take turns in one folder.
        int inside = 0, turns = 0;
        Parallel.For(0, 200, _ =>
        {
            using RunLock? claim = RunLock.TryTake(_folder["b"]);
            if (claim is null)
                return;
            Assert.Equal(1, Interlocked.Increment(ref inside));
            Interlocked.Increment(ref turns);
            Interlocked.Decrement(ref inside);
        });
        Assert.True(turns > 0);
    }

    [Fact]
    public void Two_processes_at_once_end_in_two_folders_and_a_running_one_is_not_resumed()
    {
        if (OperatingSystem.IsWindows())
            return;
        string line = $"train digits --limit 100 --epochs 100000 2>{_folder["messages"]}";
        using Process first = FoveaProcess.Start($"{line}1 --out {_folder["run"]} >/dev/null");
        FoveaProcess.WaitFor(() => File.Exists(_folder["run/checkpoint.safetensors"]));
        CommandRun.Of("train", "--resume", "--out", _folder["run"]).FailsWith(ExitCode.Failed, "goes on already", _folder["run"]);
        Assert.Equal(1, FoveaProcess.Run($"{line}2 --out {_folder["run"]} >/dev/null"));
        Assert.Contains("another process trains in", File.ReadAllText(_folder["messages2"]));
        // What a killed process held is free.
        FoveaProcess.Signal(first, "KILL");
        FoveaProcess.End(first);
        Assert.True(File.Exists(_folder["run/.lock"]));
        CommandRun resumed = CommandRun.InterruptedAt("epoch ", "train", "--resume", "--out", _folder["run"]);
        Assert.StartsWith("interrupted in epoch ", resumed.Messages[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void Temporary_files_of_processes_that_ended_are_removed_and_those_of_others_stay()
    {
        Directory.CreateDirectory(_folder["run"]);
        using var ended = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, "--version") { RedirectStandardOutput = true })!;
        ended.WaitForExit();
        string[] dead = [$"checkpoint.safetensors.{ended.Id}.tmp", $"history.csv.{Environment.ProcessId}.tmp"];
        string[] kept = ["notes.tmp", "x.-1.tmp", $"model.safetensors.{Environment.ProcessId}.tmp"];
        foreach (string name in dead.Concat(kept))
            File.WriteAllText(_folder["run/" + name], "");
        // A process of our number, but before our time.
        File.SetLastWriteTimeUtc(_folder["run/" + dead[1]], DateTime.UtcNow.AddDays(-1));
        CommandRun.Of([.. Digits, "--out", _folder["run"]]).Succeeds();
        Assert.All(dead, name => Assert.False(File.Exists(_folder["run/" + name]), name));
        // The last was written over and renamed.
        Assert.All(kept[..2], name => Assert.True(File.Exists(_folder["run/" + name]), name));
    }

    [Theory]
    [InlineData("history.csv")]
    [InlineData("history.json")]
    public void What_a_killed_process_did_not_write_is_written_from_the_checkpoint(string lost)
    {
        CommandRun.Of([.. Digits, "--out", _folder["whole"]]).Succeeds();
        string path = Path.Combine(_folder["whole"], lost), whole = File.ReadAllText(path);
        // Killed between the last checkpoint and the history: the history is that of the epoch before.
        File.WriteAllText(path, lost.EndsWith("csv", StringComparison.Ordinal) ? string.Join('\n', whole.Split('\n')[..^2]) + "\n" : "[]");
        File.Delete(_folder["whole/model.safetensors"]);
        File.Delete(_folder["whole/summary.json"]);
        CommandRun.Of("train", "--resume", "--out", _folder["whole"]).Succeeds();
        Assert.Equal(whole, File.ReadAllText(path));
    }

    [Fact]
    public void A_run_that_is_done_and_has_no_checkpoint_is_said_to_be_done()
    {
        CommandRun.Of([.. Digits, "--out", _folder["run"]]).Succeeds();
        File.Delete(_folder["run/checkpoint.safetensors"]);
        CommandRun.Of("train", "--resume", "--out", _folder["run"]).FailsWith(
            ExitCode.Failed, "is done", "checkpoint.safetensors is gone", "nothing to go on with", _folder["run/model.safetensors"]);
    }

    [Fact]
    public void A_run_of_another_vector_width_is_resumed_with_a_warning()
    {
        CommandRun.InterruptedAt("epoch   1 ", [.. Digits, "--out", _folder["run"]]);
        CheckpointData data = CheckpointFile.Load(_folder["run/checkpoint.safetensors"]);
        Assert.Equal(CheckpointData.VectorBitsHere, data.VectorBits);
        CommandRun same = CommandRun.InterruptedAt("epoch   2 ", "train", "--resume", "--out", _folder["run"]);
        Assert.DoesNotContain("vectors", same.Error);
        CheckpointFile.Save(_folder["run/checkpoint.safetensors"], CheckpointFile.Load(_folder["run/checkpoint.safetensors"]) with { VectorBits = 1024 });
        CommandRun other = CommandRun.Of("train", "--resume", "--out", _folder["run"]).Succeeds();
        Assert.Contains("warning: the run was made with vectors of 1024 bits so far", other.Error);
    }

    [Fact]
    public void A_vector_width_that_there_is_none_of_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(ExitCode.WrongUsage, FoveaProcess.Run($"summary lenet5 >/dev/null 2>{_folder["messages"]}", ("FOVEA_SIMD", "77")));
        Assert.Equal("error: FOVEA_SIMD must be 512, 256, 128 or 32, got 77", File.ReadAllText(_folder["messages"]).Trim());
        Assert.Equal(ExitCode.Done, FoveaProcess.Run("summary lenet5 >/dev/null", ("FOVEA_SIMD", "128")));
    }

    [Theory]
    [InlineData("batchSize", 0, "batch size must be a positive whole number, got 0")]
    [InlineData("epochs", -1, "epochs must be")]
    [InlineData("accumulate", -5, "accumulate must be")]
    [InlineData("learningRate", null, "learning rate")]
    [InlineData("from", "\u001b[31mx", "from must be one line")]
    [InlineData("dataset", null, "dataset must be")]
    [InlineData("dataset", "a\nerror: b", "dataset must be one line")]
    [InlineData("optimizer", null, "optimizer must be")]
    [InlineData("optimizerOptions", null, "missing")]
    [InlineData("fold", 3, "fold 3 of ")]
    [InlineData("validation", 1.5, "validation must be at least 0 and below 1")]
    [InlineData("input", "[3,70000,1]", "input must be")]
    public void Settings_in_a_checkpoint_are_not_believed(string field, object? value, string reason)
    {
        CommandRun.InterruptedAt("epoch   1 ", [.. Digits, "--out", _folder["run"]]);
        string path = _folder["run/checkpoint.safetensors"];
        Change(path, record =>
        {
            JsonNode settings = JsonNode.Parse(record["settings"]!.GetValue<string>())!;
            settings[field] = value is string text && text.StartsWith('[') ? JsonNode.Parse(text) : value is null ? null : JsonValue.Create(value);
            record["settings"] = settings.ToJsonString();
        });
        CommandRun.Of("train", "--resume", "--out", _folder["run"]).FailsWith(ExitCode.Failed, path, "the settings of the run do not fit", reason);
    }

    [Theory]
    [InlineData("history", "[]")]
    [InlineData("history", "[null]")]
    [InlineData("batch", "-1")]
    [InlineData("samples", "5")]
    [InlineData("lossSum", "\"NaN\"")]
    [InlineData("epoch", "2")]
    [InlineData("history.0.epoch", "7")]
    [InlineData("history.0.accuracy", "1e300")]
    [InlineData("history.0.seconds", "-1")]
    [InlineData("history.0.isBest", "false")]
    [InlineData("history.0.validationLoss", "\"NaN\"")]
    [InlineData("history.0.validationLoss", "null")]
    public void A_history_in_a_checkpoint_is_not_believed(string field, string value)
    {
        CommandRun.InterruptedAt("epoch   1 ", [.. Digits, "--out", _folder["run"]]);
        string path = _folder["run/checkpoint.safetensors"];
        Change(path, record =>
        {
            JsonNode state = record["state"]!;
            string[] way = field.Split('.');
            foreach (string step in way[..^1])
                state = int.TryParse(step, out int index) ? state[index]! : state[step]!;
            state[way[^1]] = JsonNode.Parse(value);
        });
        CommandRun.Of("train", "--resume", "--out", _folder["run"]).FailsWith(ExitCode.Failed, path, "the run's record");
    }

    [Theory]
    [InlineData("runs.0.name", "\"../../etc/x\"", "run 1 must be fold-1")]
    [InlineData("runs.0.name", "\"javascript:alert(1)\"", "run 1 must be fold-1")]
    [InlineData("runs.0.seed", "99", "run 1 must be fold-1")]
    [InlineData("runs.0.end", "17", "figures")]
    [InlineData("runs.0.time.seconds", "-1", "figures")]
    [InlineData("runs.0.time", "null", "figures")]
    [InlineData("runs.0.test.accuracy", "7", "test of fold-1")]
    [InlineData("runs.0.test.accuracy", "null", "test of fold-1")]
    [InlineData("runs.0.test.accuracy", "0.99", "test of fold-1")]
    [InlineData("runs.0.test.classes.0.samples", "1", "test of fold-1")]
    [InlineData("runs.0.test.dataset", "\"\\u001b]0;pwn\\u0007\"", "test of fold-1")]
    [InlineData("runs.0.test.classes.0.class", "\"\\u001b[31m\"", "test of fold-1")]
    [InlineData("runs.0.test.confusion.0.0", "9000000000000000000", "test of fold-1")]
    [InlineData("runs.0.test.top", "[null]", "test of fold-1")]
    [InlineData("settings.batchSize", "0", "batch size")]
    [InlineData("settings.model", "null", "model must be")]
    [InlineData("count", "0", "cannot be")]
    [InlineData("kind", "17", "parts are missing")]
    [InlineData("unfinished", "{\"seconds\":-1,\"processorSeconds\":0}", "unfinished")]
    public void The_record_of_a_series_is_not_believed(string field, string value, string reason)
    {
        CommandRun.InterruptedAt("fold 2 of 2   epoch   1 ", [.. Digits, "--folds", "2", "--out", _folder["folds"]]);
        string path = _folder["folds/summary.json"];
        JsonNode record = JsonNode.Parse(File.ReadAllText(path))!;
        JsonNode node = record;
        string[] way = field.Split('.');
        foreach (string step in way[..^1])
            node = int.TryParse(step, out int index) ? node[index]! : node[step]!;
        if (int.TryParse(way[^1], out int last))
            node[last] = JsonNode.Parse(value);
        else
            node[way[^1]] = JsonNode.Parse(value);
        File.WriteAllText(path, record.ToJsonString());
        CommandRun run = CommandRun.Of("train", "--resume", "--out", _folder["folds"]);
        run.FailsWith(ExitCode.Failed, "summary.json: the record of the runs does not fit", reason);
        Assert.DoesNotContain('\u001b', run.Error);
    }

    [Theory]
    [InlineData("invented", "its summary.json has other figures")]
    [InlineData("epochs", "its checkpoint has made 3 epochs, not 7")]
    [InlineData("no summary", "there is no summary.json")]
    [InlineData("no model", "there is no model")]
    [InlineData("no folder", "no run to resume")]
    public void Results_in_the_record_of_a_series_count_only_if_the_runs_files_say_the_same(string change, string reason)
    {
        CommandRun.Of([.. Digits, "--folds", "2", "--out", _folder["whole"]]).Succeeds();
        CommandRun.InterruptedAt("fold 2 of 2   epoch   1 ", [.. Digits, "--folds", "2", "--out", _folder["folds"]]);
        string path = _folder["folds/summary.json"], own = _folder["folds/fold-1/summary.json"];
        foreach (string file in change == "epochs" ? [path, own] : new[] { path })
        {
            JsonNode record = JsonNode.Parse(File.ReadAllText(file))!;
            JsonNode run = record["runs"]![0]!;
            if (change == "epochs")
                run["epochs"] = 7;
            else
                run["test"]!["crossEntropy"] = 1e-9;
            File.WriteAllText(file, record.ToJsonString());
        }
        if (change == "no summary")
            File.Delete(own);
        if (change == "no model")
            File.Delete(_folder["folds/fold-1/model.safetensors"]);
        if (change == "no folder")
            Directory.Delete(_folder["folds/fold-1"], recursive: true);
        CommandRun resumed = CommandRun.Of("train", "--resume", "--out", _folder["folds"], "--json").Succeeds();
        Assert.Contains(resumed.Messages, line => line.StartsWith("warning: the record says of fold-1 what its own files do not: ", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));
        JsonNode whole = JsonNode.Parse(File.ReadAllText(_folder["whole/summary.json"]))!, now = JsonNode.Parse(resumed.Out)!;
        foreach (string figure in (string[])["accuracy", "pooled"])
            Assert.Equal(whole[figure]!.ToJsonString(), now[figure]!.ToJsonString());
        Assert.Equal(["fold-1", "fold-2"], now["runs"]!.AsArray().Select(run => run!["name"]!.GetValue<string>()));
    }

    [Fact]
    public void A_run_that_was_made_otherwise_is_not_taken_into_a_series()
    {
        CommandRun.InterruptedAt("fold 2 of 2   epoch   1 ", [.. Digits, "--folds", "2", "--out", _folder["folds"]]);
        CommandRun.InterruptedAt("fold 2 of 2   epoch   1 ", [.. Digits, "--folds", "2", "--lr", "0.3", "--out", _folder["other"]]);
        Directory.Delete(_folder["folds/fold-2"], recursive: true);
        Directory.Move(_folder["other/fold-2"], _folder["folds/fold-2"]);
        CommandRun.Of("train", "--resume", "--out", _folder["folds"]).FailsWith(ExitCode.Failed, "checkpoint.safetensors is of a run with other settings");
    }

    [Fact]
    public void The_command_in_the_record_of_a_series_is_shown_without_what_a_terminal_obeys()
    {
        CommandRun.InterruptedAt("fold 2 of 2   epoch   1 ", [.. Digits, "--folds", "2", "--out", _folder["folds"]]);
        string path = _folder["folds/summary.json"];
        JsonNode record = JsonNode.Parse(File.ReadAllText(path))!;
        record["command"] = "fovea train \u001b[31mdigits";
        File.WriteAllText(path, record.ToJsonString());
        CommandRun run = CommandRun.Of("train", "--resume", "--out", _folder["folds"]).Succeeds();
        foreach (string text in (string[])[run.Out, run.Error, File.ReadAllText(_folder["folds/summary.txt"]), File.ReadAllText(_folder["folds/report.html"])])
            Assert.DoesNotContain('\u001b', text);
        Assert.Contains("\\u001B[31mdigits", File.ReadAllText(_folder["folds/summary.txt"]));
    }

    /// <summary>Changes a run's record in its checkpoint.</summary>
    private static void Change(string path, Action<JsonNode> change)
    {
        CheckpointData data = CheckpointFile.Load(path);
        JsonNode record = JsonNode.Parse(data.SettingsJson)!;
        change(record);
        CheckpointFile.Save(path, data with { SettingsJson = record.ToJsonString() });
    }
}
