using System.Text.Json;

namespace Fovea.Cli.Tests;

/// <summary>int8 models, from the command line.</summary>
public class QuantizeTests(TrainedModel trained) : IClassFixture<TrainedModel>
{
    [Fact]
    public void A_quantised_model_is_smaller_and_is_used_like_any_other()
    {
        using var folder = new TemporaryFolder();
        JsonElement report = CommandRun.Of("quantize", trained.Model, "--calibrate", "digits", "--limit", "200", "--samples", "50", "--out", folder["small"], "--json").Succeeds().Json();

        JsonElement before = report.GetProperty("before"), after = report.GetProperty("after");
        Assert.InRange(after.GetProperty("fileBytes").GetInt64(), 1, before.GetProperty("fileBytes").GetInt64() / 3);
        Assert.InRange(after.GetProperty("accuracy").GetDouble(), before.GetProperty("accuracy").GetDouble() - 0.02, 1);
        Assert.InRange(report.GetProperty("agreement").GetDouble(), 0.95, 1);
        Assert.Contains("50 samples of digits/train", report.GetProperty("method").GetString());

        JsonElement evaluated = CommandRun.Of("evaluate", folder["small"], "digits", "--limit", "200", "--json").Succeeds().Json();
        Assert.Equal(after.GetProperty("accuracy").GetDouble(), evaluated.GetProperty("accuracy").GetDouble(), 12);
        CommandRun.Of("predict", folder["small"], trained.Images[0]).Succeeds();
        CommandRun.Of("summary", folder["small"]).Succeeds();
    }

    [Fact]
    public void The_report_compares_before_and_after()
    {
        CommandRun run = CommandRun.Of("quantize", trained.Model, "--calibrate", "digits", "--limit", "100", "--clip", "max", "--weight-bits", "7").Succeeds();

        foreach (string word in (string[])["largest value", "7 bits", "accuracy", "cross-entropy", "file", "images a second", "model-int8.safetensors"])
            Assert.Contains(word, run.Out);
        CommandRun.Of("quantize", Path.Combine(Path.GetDirectoryName(trained.Model)!, "model-int8.safetensors"), "--calibrate", "digits", "--limit", "100")
            .FailsWith(ExitCode.Failed, "quantised already");
    }

    [Fact]
    public void Wrong_lines_are_refused()
    {
        CommandRun.Of("quantize", trained.Model).FailsWith(ExitCode.WrongUsage, "--calibrate");
        CommandRun.Of("quantize", trained.Model, "--calibrate", "digits", "--out", trained.Model).FailsWith(ExitCode.WrongUsage, "--out");
        CommandRun.Of("quantize", trained.Model, "--calibrate", "digits", "--weight-bits", "3").FailsWith(ExitCode.WrongUsage, "--weight-bits");
        CommandRun.Of("quantize", trained.Model, "--calibrate", "shapes", "--limit", "9").FailsWith(ExitCode.Failed, "'circle'");
    }
}
