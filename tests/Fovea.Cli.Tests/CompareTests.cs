using System.Text.Json;
using Fovea.Serialization;

namespace Fovea.Cli.Tests;

/// <summary>Two models side by side.</summary>
public class CompareTests(TrainedModel trained) : IClassFixture<TrainedModel>
{
    [Fact]
    public void Two_models_are_measured_on_the_same_samples()
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("train", "digits", "--model", "mlp", "--limit", "100", "--epochs", "1", "--out", folder["mlp"]).Succeeds();
        string other = Path.Combine(folder["mlp"], "model.safetensors");

        JsonElement report = CommandRun.Of("compare", trained.Model, other, "digits", "--limit", "100", "--json").Succeeds().Json();

        Assert.Equal(100, report.GetProperty("samples").GetInt64());
        long Count(string name) => report.GetProperty(name).GetInt64();
        Assert.Equal(100, Count("bothRight") + Count("onlyFirstRight") + Count("onlySecondRight") + Count("bothWrong"));
        JsonElement[] models = [.. report.GetProperty("models").EnumerateArray()];
        Assert.Equal((Count("onlySecondRight") + Count("bothWrong")) / 100.0, models[0].GetProperty("error").GetDouble(), 12);
        Assert.Equal((Count("onlyFirstRight") + Count("bothWrong")) / 100.0, models[1].GetProperty("error").GetDouble(), 12);
        var test = new Metrics.McNemarTest(Count("onlyFirstRight"), Count("onlySecondRight"));
        Assert.True(test.Disagreements > 0);
        Assert.Equal(test.MidP, report.GetProperty("midP").GetDouble());
        foreach ((string model, JsonElement compared) in ((string, JsonElement)[])[(trained.Model, models[0]), (other, models[1])])
        {
            JsonElement alone = CommandRun.Of("evaluate", model, "digits", "--limit", "100", "--json").Succeeds().Json();
            foreach (string measure in (string[])["error", "meanSquaredError", "crossEntropy"])
                Assert.Equal(alone.GetProperty(measure).GetDouble(), compared.GetProperty(measure).GetDouble());
        }

        string text = CommandRun.Of("compare", trained.Model, other, "digits", "--limit", "100").Succeeds().Out;
        Assert.Matches(@"NN1 +NN2", text);
        foreach (string word in (string[])["classification error", "mean squared error", "cross-entropy", $"Only NN1 is right on {test.OnlyFirst} samples, only NN2 on {test.OnlySecond}", "McNemar"])
            Assert.Contains(word, text);
    }

    /// <summary>Parts are drawn class by class: numbered otherwise, they would be other samples.</summary>
    [Fact]
    public void Classes_in_another_order_are_judged_on_the_same_samples_of_a_part()
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("data", "export", "shapes", "--limit", "90", "--out", folder["images"]).Succeeds();
        CommandRun.Of("train", folder["images"], "--model", "mlp", "--input", "3x16x16", "--test", "0.3", "--epochs", "1", "--out", folder["run"]).Succeeds();
        string first = Path.Combine(folder["run"], "model.safetensors"), second = folder["turned.safetensors"];
        Model model = ModelFile.Load(first);
        int classes = model.ClassNames.Count;
        foreach (Networks.Parameter parameter in model.Network.Parameters.TakeLast(2))
        {
            float[] values = parameter.Value.Span.ToArray();
            int row = values.Length / classes;
            for (int c = 0; c < classes; c++)
                values.AsSpan(c * row, row).CopyTo(parameter.Value.Span[((classes - 1 - c) * row)..]);
        }
        ModelFile.Save(second, new Model(model.Network, [.. model.ClassNames.Reverse()], model.Normalization, model.Info));

        CommandRun run = CommandRun.Of("compare", first, second, folder["images"]).Succeeds();

        Assert.Contains("27 of 90 samples", run.Error);
        Assert.Contains("No sample tells the two apart", run.Out);
    }

    /// <summary>Whichever comes first, no model is measured on samples that it learnt from while another one kept them back.</summary>
    [Fact]
    public void The_samples_are_those_that_a_model_kept_back()
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("data", "export", "shapes", "--limit", "60", "--out", folder["images"]).Succeeds();
        string all = Train("all", "0"), third = Train("third", "0.3"), half = Train("half", "0.5");

        foreach (string[] models in (string[][])[[all, third], [third, all]])
        {
            CommandRun run = CommandRun.Of("compare", models[0], models[1], folder["images"]).Succeeds();
            Assert.Contains("18 of 60 samples, those that training kept for the test", run.Error);
            Assert.Contains($"note: only the {(models[0] == third ? "first" : "second")} model is known not to have learnt from these samples", run.Error);
        }

        CommandRun both = CommandRun.Of("compare", half, third, folder["images"]).Succeeds();
        Assert.Contains("30 of 60 samples", both.Error);
        Assert.Contains("note: the second model's training kept other samples back", both.Error);
        Assert.DoesNotContain("note", CommandRun.Of("compare", third, third, folder["images"]).Succeeds().Error);

        string Train(string name, string test)
        {
            CommandRun.Of("train", folder["images"], "--model", "mlp", "--input", "3x16x16", "--test", test, "--epochs", "1", "--out", folder[name]).Succeeds();
            return Path.Combine(folder[name], "model.safetensors");
        }
    }

    [Fact]
    public void A_model_does_not_differ_from_itself() =>
        Assert.Contains("No sample tells the two apart", CommandRun.Of("compare", trained.Model, trained.Model, "digits", "--limit", "50").Succeeds().Out);

    [Fact]
    public void Models_of_different_classes_are_refused()
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("train", "shapes", "--model", "mlp", "--limit", "30", "--epochs", "1", "--out", folder["shapes"]).Succeeds();

        CommandRun.Of("compare", trained.Model, Path.Combine(folder["shapes"], "model.safetensors"), "digits", "--limit", "9")
            .FailsWith(ExitCode.Failed, "different classes", "circle", "0, 1, 2");
        CommandRun.Of("compare", trained.Model, folder["none"], "digits").FailsWith(ExitCode.Failed, folder["none"]);
        CommandRun.Of("compare", trained.Model, "digits").FailsWith(ExitCode.WrongUsage, "fovea compare --help");
    }
}
