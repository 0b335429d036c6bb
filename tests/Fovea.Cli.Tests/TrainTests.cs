using System.Text.Json;
using Fovea.Runs.Series;
using Fovea.Serialization;

namespace Fovea.Cli.Tests;

public sealed class TrainTests : IDisposable
{
    private static readonly string[] Digits = ["train", "digits", "--limit", "200", "--batch-size", "16"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Training_saves_a_model_and_says_how_to_use_it()
    {
        CommandRun run = Train("run", "--epochs", "2").Succeeds();

        string model = Path.Combine(_folder["run"], "model.safetensors");
        Assert.True(File.Exists(model));
        Assert.Contains($"fovea predict {model} IMAGE...", run.Out);
        Assert.Contains($"fovea evaluate {model} digits", run.Out);
        Assert.Contains("accuracy on digits/test: ", run.Out);
        Assert.Contains("taken for", run.Out);
        Assert.Contains(run.Messages, line => line.StartsWith("epoch   2 ", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Out + run.Error);
        Assert.Equal(3, File.ReadAllLines(Path.Combine(_folder["run"], "history.csv")).Length);
    }

    [Fact]
    public void Json_is_the_only_thing_on_the_standard_output()
    {
        JsonElement report = Train("run", "--epochs", "2", "--json", "--seed", "7").Succeeds().Json();

        Assert.Equal("completed", report.GetProperty("end").GetString(), ignoreCase: true);
        Assert.Equal(2, report.GetProperty("history").GetArrayLength());
        Assert.Equal(7, report.GetProperty("settings").GetProperty("seed").GetInt32());
        Assert.Equal(200, report.GetProperty("test").GetProperty("samples").GetInt32());
        Assert.Equal(5, report.GetProperty("samples").GetArrayLength());
        Assert.True(File.Exists(report.GetProperty("model").GetString()));
    }

    [Fact]
    public void The_same_seed_gives_the_same_file_for_any_number_of_threads()
    {
        Train("one", "--epochs", "1", "--threads", "1").Succeeds();
        Train("two", "--epochs", "1", "--threads", "2").Succeeds();
        Train("other", "--epochs", "1", "--seed", "2").Succeeds();

        Assert.Equal(Model("one"), Model("two"));
        Assert.NotEqual(Model("one"), Model("other"));
    }

    [Fact]
    public void Augmentation_and_balance_are_part_of_the_run_and_of_its_record()
    {
        string[] asked = ["--epochs", "2", "--augment", "digits,mixup:0.2", "--balance", "weights"];
        JsonElement settings = Train("one", [.. asked, "--threads", "1", "--json"]).Succeeds().Json().GetProperty("settings");
        Assert.Equal("digits,mixup:0.2", settings.GetProperty("augment").GetString());
        Assert.Equal("weights", settings.GetProperty("balance").GetString());
        Train("two", [.. asked, "--threads", "2"]).Succeeds();
        Train("plain", "--epochs", "2").Succeeds();
        Train("sampled", "--epochs", "2", "--balance", "sampling").Succeeds();

        Assert.Equal(Model("one"), Model("two"));
        Assert.NotEqual(Model("plain"), Model("sampled"));
        Assert.Contains("mixup:0.2", CommandRun.Of("summary", Path.Combine(_folder["one"], "model.safetensors")).Succeeds().Out);
        CommandRun.Of("train", "--resume", "--out", _folder["one"], "--augment", "photos").FailsWith(ExitCode.WrongUsage, "--augment photos conflicts", "digits,mixup:0.2");
    }

    [Theory]
    [InlineData("samples to learn from")]
    [InlineData("epoch   1 ")]
    [InlineData("epoch   2 ")]
    public void A_run_that_is_interrupted_and_resumed_ends_as_one_that_was_not(string moment)
    {
        Train("whole", "--epochs", "3").Succeeds();

        CommandRun interrupted = CommandRun.InterruptedAt(moment, [.. Digits, "--epochs", "3", "--out", _folder["parts"]]);

        Assert.Equal(ExitCode.Failed, interrupted.Code);
        Assert.Empty(interrupted.Out);
        Assert.True(File.Exists(Path.Combine(_folder["parts"], "checkpoint.safetensors")));
        Assert.False(File.Exists(Path.Combine(_folder["parts"], "model.safetensors")));
        Assert.Equal($"to go on: fovea train --resume --out {_folder["parts"]}", interrupted.Messages[^1]);

        CommandRun.Of("train", "--resume", "--out", _folder["parts"]).Succeeds();
        Assert.Equal(Model("whole"), Model("parts"));
    }

    /// <summary>Everything at once that keeps something from step to step.</summary>
    [Fact]
    public void A_run_with_all_its_means_is_resumed_as_it_was()
    {
        string[] means =
        [
            "--epochs", "3", "--optimizer", "sgd", "--lr", "0.05", "--nesterov", "--lookahead", "3", "--accumulate", "2", "--ema", "0.9", "--drop-last",
            "--schedule", "warm-restarts", "--period", "1", "--growth", "2", "--end-factor", "0.1", "--warmup", "0.5",
        ];
        Train("whole", means).Succeeds();
        Train("plain", "--epochs", "3").Succeeds();
        CommandRun.InterruptedAt("epoch   1 ", [.. Digits, .. means, "--out", _folder["parts"]]);

        CommandRun.Of("train", "--resume", "--out", _folder["parts"], "--ema", "0.99").FailsWith(ExitCode.WrongUsage, "--ema 0.99 conflicts", "which has 0.9");
        CommandRun.Of("train", "--resume", "--out", _folder["parts"], "--nesterov", "--lookahead", "3").Succeeds();
        Assert.Equal(Model("whole"), Model("parts"));
        Assert.NotEqual(Model("whole"), Model("plain"));
    }

    [Fact]
    public void A_trained_model_is_taught_other_classes_with_its_first_layer_as_it_was()
    {
        Train("digits", "--epochs", "1").Succeeds();
        string from = Path.Combine(_folder["digits"], "model.safetensors");
        string[] other = ["train", "shapes", "--limit", "90", "--epochs", "2", "--batch-size", "16", "--from", from, "--freeze", "conv1"];
        CommandRun run = CommandRun.Of([.. other, "--out", _folder["shapes"]]).Succeeds();
        Assert.Contains(run.Messages, line => line.StartsWith($"starting from {from}, which knows 10 other classes: ", StringComparison.Ordinal));
        Assert.Contains(run.Messages, line => line.StartsWith("frozen: conv1, with ", StringComparison.Ordinal));
        Model before = ModelFile.Load(from), after = ModelFile.Load(Path.Combine(_folder["shapes"], "model.safetensors"));
        Assert.Equal(before.Network["conv1"].Parameters[0].Value.Span.ToArray(), after.Network["conv1"].Parameters[0].Value.Span.ToArray());
        Assert.NotEqual(before.Network["conv2"].Parameters[0].Value.Span.ToArray(), after.Network["conv2"].Parameters[0].Value.Span.ToArray());
        Assert.Equal(before.Normalization.Mean[0], after.Normalization.Mean[0]);

        CommandRun.InterruptedAt("epoch   1 ", [.. other, "--out", _folder["parts"]]);
        CommandRun.Of("train", "--resume", "--out", _folder["parts"]).Succeeds();
        Assert.Equal(Model("shapes"), Model("parts"));

        CommandRun.Of("train", "digits", "--from", from, "--limit", "100", "--epochs", "1", "--out", _folder["more"]).Succeeds();
        CommandRun.Of("train", "digits", "--from", _folder["nothing"]).FailsWith(ExitCode.Failed, "there is no model file");
    }

    [Fact]
    public void Resuming_takes_the_stored_settings_and_refuses_others()
    {
        CommandRun.InterruptedAt("epoch   1 ", [.. Digits, "--epochs", "2", "--seed", "3", "--out", _folder["run"]]);

        CommandRun.Of("train", "--resume", "--out", _folder["run"], "--epochs", "5").FailsWith(ExitCode.WrongUsage, "--epochs 5", "2");
        CommandRun.Of("train", "shapes", "--resume", "--out", _folder["run"]).FailsWith(ExitCode.WrongUsage, "shapes", "digits");
        CommandRun.Of("train", "digits", "--resume", "--out", _folder["run"], "--epochs", "2", "--seed", "3").Succeeds();
    }

    [Fact]
    public void A_finished_run_is_never_overwritten()
    {
        Train("run", "--epochs", "1").Succeeds();
        byte[] before = Model("run");

        Train("run", "--epochs", "1", "--seed", "9").FailsWith(ExitCode.Failed, _folder["run"], "--resume");

        Assert.Equal(before, Model("run"));
    }

    [Fact]
    public void Free_folders_are_numbered()
    {
        Assert.Equal(_folder["digits"], Free());
        Directory.CreateDirectory(_folder["digits"]);
        Directory.CreateDirectory(_folder["digits-2"]);
        Assert.Equal(_folder["digits-3"], Free());

        string Free()
        {
            using RunClaim claim = RunClaim.Free(_folder["digits"]);
            return claim.Path;
        }
    }

    [Fact]
    public void A_learning_rate_that_leads_astray_is_named()
    {
        CommandRun run = Train("run", "--epochs", "1", "--lr", "1e30");

        run.FailsWith(ExitCode.Failed, "learning rate", "try");
        Assert.DoesNotContain("(best)", run.Error);
        Assert.False(Path.Exists(_folder["run"]));
    }

    [Fact]
    public void What_cannot_be_written_to_is_named_before_training()
    {
        File.WriteAllText(_folder["file"], "");

        Train("file/run", "--epochs", "1").FailsWith(ExitCode.Failed, "cannot write to", "file/run", "--out");
    }

    [Theory]
    [InlineData("nowhere", "no data set is called", "digits, shapes, ")]
    [InlineData("file", "is a file", "one sub-folder per class")]
    [InlineData("bare", "has no images", "one sub-folder per class")]
    [InlineData("hollow", "has no images", "one sub-folder per class")]
    public void What_is_no_data_set_is_named(string name, params string[] fragments)
    {
        File.WriteAllText(_folder["file"], "no data");
        Directory.CreateDirectory(_folder["bare"]);
        Directory.CreateDirectory(_folder["hollow/cat"]);
        Directory.CreateDirectory(_folder["hollow/dog"]);

        CommandRun.Of("train", _folder[name], "--out", _folder["run"]).FailsWith(ExitCode.Failed, fragments);

        Assert.False(File.Exists(Path.Combine(_folder["run"], "checkpoint.safetensors")));
    }

    [Fact]
    public void A_run_is_not_resumed_with_classes_it_does_not_know()
    {
        CommandRun.Of("data", "export", "digits", "--out", _folder["images"], "--limit", "60").Succeeds();
        CommandRun.Of("train", _folder["images"], "--epochs", "1", "--out", _folder["run"]).Succeeds();
        Directory.Move(Path.Combine(_folder["images"], "0"), Path.Combine(_folder["images"], "zero"));
        CommandRun.Of("train", "--resume", "--out", _folder["run"]).FailsWith(ExitCode.Failed, "0, 1, 2", "zero");
    }

    [Fact]
    public void A_start_that_fails_leaves_no_folder_behind()
    {
        Directory.CreateDirectory(_folder["empty"]);
        CommandRun.Of("train", _folder["empty"], "--out", _folder["run"]).FailsWith(ExitCode.Failed);
        Assert.False(Path.Exists(_folder["run"]));
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_is_a_warning_and_the_model_is_saved_all_the_same()
    {
        // A folder stands where the checkpoint would go.
        Directory.CreateDirectory(Path.Combine(_folder["run"], "checkpoint.safetensors"));
        CommandRun run = Train("run", "--epochs", "2").Succeeds();
        Assert.Equal(2, run.Messages.Count(line => line.StartsWith("warning: the checkpoint cannot be written", StringComparison.Ordinal)));
        Assert.True(File.Exists(Path.Combine(_folder["run"], "model.safetensors")));
        Assert.Equal(3, File.ReadAllLines(Path.Combine(_folder["run"], "history.csv")).Length);
    }

    [Fact]
    public void Nothing_to_resume_is_an_error() =>
        CommandRun.Of("train", "--resume", "--out", _folder["run"]).FailsWith(ExitCode.Failed, "checkpoint.safetensors");

    [Fact]
    public void A_checkpoint_that_is_none_is_an_error()
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run/checkpoint.safetensors"], "this is no checkpoint");

        CommandRun.Of("train", "--resume", "--out", _folder["run"]).FailsWith(ExitCode.Failed, "checkpoint.safetensors");
    }

    [Fact]
    public void A_validation_share_must_leave_both_parts_something() =>
        Train("run", "--validation", "0.001").FailsWith(ExitCode.WrongUsage, "--validation 0.001");

    [Fact]
    public void A_folder_of_pictures_is_learnt_and_bad_pictures_are_named()
    {
        CommandRun.Of("data", "export", "shapes", "--split", "train", "--limit", "60", "--out", _folder["shapes/train"]).Succeeds();
        CommandRun.Of("data", "export", "shapes", "--limit", "30", "--out", _folder["shapes/test"]).Succeeds();
        File.WriteAllText(_folder["shapes/train/circle/bad.png"], "no image");

        CommandRun run = CommandRun.Of("train", _folder["shapes"], "--epochs", "1", "--out", _folder["run"]).Succeeds();

        Assert.Contains("note: 1 image cannot be read", run.Error);
        Assert.Contains(run.Messages, line => line.Contains(Path.Combine("train", "circle", "bad.png") + ": ", StringComparison.Ordinal));
        Assert.Contains("of 30 samples", run.Out);
        CommandRun.Of("evaluate", Path.Combine(_folder["run"], "model.safetensors"), _folder["shapes"]).Succeeds();
    }

    private CommandRun Train(string folder, params string[] more) => CommandRun.Of([.. Digits, .. more, "--out", _folder[folder]]);

    private byte[] Model(string folder) => File.ReadAllBytes(Path.Combine(_folder[folder], "model.safetensors"));
}
