using Fovea.Data;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Cli.Tests;

/// <summary>Model files that ask for more than their size justifies, from the command line.</summary>
public class LimitsTests(TrainedModel trained) : IClassFixture<TrainedModel>
{
    [Fact]
    public void Every_command_that_reads_a_model_refuses_and_names_the_option_that_lifts_the_limits()
    {
        using var folder = new TemporaryFolder();
        string model = Save(folder, side: 8000);
        foreach (string[] line in (string[][])[
            ["predict", model, trained.Images[0]], ["summary", model], ["evaluate", model, "digits"], ["quantize", model, "--calibrate", "digits"],
            ["compare", model, trained.Model, "digits"], ["train", "digits", "--from", model, "--out", folder["run"]], ["find-lr", "digits", "--from", model]])
            CommandRun.Of(line).FailsWith(ExitCode.Failed, "activations a sample", "--no-limits lifts the limits for a file that you trust");
        CommandRun.Of("summary", model, "--no-limits").Succeeds();
    }

    [Fact]
    public void A_batch_that_does_not_fit_is_refused_with_what_would()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Of("train", "digits", "--from", Save(folder, side: 16_000, copies: 8), "--freeze", "conv1", "--no-limits", "--batch-size", "500", "--out", folder["run"]);
        Assert.True(run.Code == ExitCode.Failed, run.Error);
        Assert.Matches("a batch of [0-9]+ needs at least [0-9.]+ GiB for its activations, and they may take [0-9.]+ GiB of the [0-9.]+ GiB of memory: try a (batch of [0-9]+ or less|smaller input)", run.Error);
    }

    private static string Save(TemporaryFolder folder, int side, int copies = 0)
    {
        Network network = Network.Sequential(new Shape(1, 28, 28), [new Conv2d(1, 1, 1), new AdaptiveAvgPool2d(side), .. Enumerable.Range(0, copies).Select(_ => new MaxPool2d(1, stride: 1)), new GlobalAvgPool2d(), new Flatten(), new Linear(1, 10)]);
        ModelFile.Save(folder["large"], new Model(network, [.. Enumerable.Range(0, 10).Select(i => $"{i}")], Normalization.Identity(1)));
        return folder["large"];
    }
}
