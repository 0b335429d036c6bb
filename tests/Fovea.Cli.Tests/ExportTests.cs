using System.Text.Json;

namespace Fovea.Cli.Tests;

/// <summary>Models for other programs, from the command line.</summary>
public class ExportTests(TrainedModel trained) : IClassFixture<TrainedModel>
{
    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.onnx", "--include-preprocessing")]
    [InlineData("model.onnx", "--include-softmax")]
    [InlineData("model.onnx", "--include-preprocessing", "--include-softmax", "--external-data")]
    [InlineData("model.safetensors")]
    public void What_is_written_reads_back_with_the_same_outputs(string name, params string[] options)
    {
        using var folder = new TemporaryFolder();
        JsonElement report = CommandRun.Of(["export", trained.Model, "--to", folder[name], "--verify", "digits", "--limit", "100", "--json", .. options]).Succeeds().Json();

        JsonElement verification = report.GetProperty("verification");
        Assert.Equal(1, verification.GetProperty("agreement").GetDouble());
        Assert.InRange(verification.GetProperty("largestDifference").GetDouble(), 0, 1e-4 * verification.GetProperty("largestOutput").GetDouble());
        Assert.Equal(new DirectoryInfo(folder.Path).GetFiles().Sum(file => file.Length), report.GetProperty("bytes").GetInt64());
        Assert.Equal(options.Contains("--external-data"), File.Exists(folder[name + ".data"]));
    }

    [Fact]
    public void What_was_done_is_printed_in_two_lines()
    {
        using var folder = new TemporaryFolder();
        string[] lines = CommandRun.Of("export", trained.Model, "--to", folder["digits.onnx"], "--verify", "digits", "--limit", "50").Succeeds().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2, lines.Length);
        Assert.Contains("digits.onnx", lines[0]);
        Assert.Contains("largest difference", lines[1]);
    }

    [Fact]
    public void Wrong_lines_are_refused()
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("export", trained.Model).FailsWith(ExitCode.WrongUsage, "--to");
        CommandRun.Of("export", trained.Model, "--to", folder["model.tflite"]).FailsWith(ExitCode.WrongUsage, ".onnx", ".safetensors", "'model.tflite'");
        CommandRun.Of("export", trained.Model, "--to", trained.Model).FailsWith(ExitCode.WrongUsage, "--to", "another file");
        CommandRun.Of("export", trained.Model, "--to", folder["a.safetensors"], "--include-softmax").FailsWith(ExitCode.WrongUsage, "--include-softmax", ".onnx");
        CommandRun.Of("export", trained.Model, "--to", folder["a.onnx"], "--limit", "5").FailsWith(ExitCode.WrongUsage, "--limit", "--verify");
        CommandRun.Of("export", folder["none.safetensors"], "--to", folder["a.onnx"]).FailsWith(ExitCode.Failed, "none.safetensors");
        CommandRun.Of("export", trained.Model, "--to", Path.Combine(folder["no"], "a.onnx")).FailsWith(ExitCode.Failed, "does not exist");
        CommandRun.Of("export", trained.Model, "--to", folder["b.onnx"], "--verify", "shapes", "--limit", "9").FailsWith(ExitCode.Failed, "'circle'");
    }
}
