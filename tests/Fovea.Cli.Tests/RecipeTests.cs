using System.Text.Json;
using Fovea.Runs.Settings;

namespace Fovea.Cli.Tests;

public sealed class RecipeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. RecipeTable.All.Select(recipe => recipe.Name)];

    public void Dispose() => _folder.Dispose();

    /// <summary>What stands after the options are read is whether there is a folder of that name.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Every_recipe_is_understood(string name)
    {
        Recipe recipe = RecipeTable.Find(name)!;
        string help = CommandRun.Of("train", "--help").Succeeds().Out;
        Assert.All(recipe.Parts, part => Assert.Contains($"{part[0]} ", help));
        Assert.Equal(recipe.Parts.Count(), recipe.Parts.DistinctBy(part => part[0]).Count());
        Assert.NotEmpty(recipe.Purpose);
        Assert.NotEmpty(recipe.Reaches);
        // Digits are always there; the folder is taken, so that nothing is trained.
        File.WriteAllText(Path.Combine(_folder.Path, "model.safetensors"), "");
        CommandRun run = CommandRun.Of("train", "digits", "--limit", "50", "--recipe", name, "--out", _folder.Path);
        if (recipe.Needs is { } option)
            run.FailsWith(ExitCode.WrongUsage, $"recipe {name} needs {option}");
        else
            run.FailsWith(ExitCode.Failed, "holds a run already");
    }

    [Fact]
    public void Typed_options_win_and_the_run_is_named_after_its_recipe()
    {
        JsonElement report = Train("--recipe", "mnist-fast", "--epochs", "1", "--lr", "0.01", "--seed", "4").Succeeds().Json();

        JsonElement settings = report.GetProperty("settings");
        Assert.Equal("mnist-fast", settings.GetProperty("recipe").GetString());
        Assert.Equal(1, settings.GetProperty("epochs").GetInt32());
        Assert.Equal(0.01, settings.GetProperty("learningRate").GetDouble());
        Assert.Equal("sgd", settings.GetProperty("optimizer").GetString());
        Assert.Equal("one-cycle", settings.GetProperty("schedule").GetString());
        Assert.Equal(64, settings.GetProperty("batchSize").GetInt32());
        Assert.Equal(0, settings.GetProperty("validation").GetDouble());
        Assert.Contains("<td>mnist-fast</td>", File.ReadAllText(Path.Combine(_folder["run"], "report.html")));
        Assert.Contains("mnist-fast", CommandRun.Of("summary", Path.Combine(_folder["run"], "model.safetensors")).Succeeds().Out);
        CommandRun.Of("train", "--resume", "--out", _folder["run"], "--recipe", "mnist-fast").Succeeds();
    }

    [Fact]
    public void What_belongs_to_the_recipes_optimizer_is_not_given_to_another()
    {
        JsonElement settings = Train("--recipe", "mnist-fast", "--epochs", "1", "--optimizer", "rmsprop").Succeeds().Json().GetProperty("settings");

        Assert.Equal(0.001, settings.GetProperty("learningRate").GetDouble());
        Assert.Equal("one-cycle", settings.GetProperty("schedule").GetString());
        string help = CommandRun.Of("train", "--help").Succeeds().Out;
        Assert.All(Recipe.Belonging.Values.SelectMany(options => options).Concat(Recipe.Belonging.Keys), option => Assert.Contains($"{option} ", help));
    }

    [Fact]
    public void A_recipe_brings_its_data_set()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "model.safetensors"), "");
        CommandRun.Of("train", "--recipe", "mnist-fast", "--out", _folder.Path).FailsWith(ExitCode.Failed, "holds a run already");
    }

    [Fact]
    public void An_unknown_recipe_is_refused_with_the_known_ones() =>
        CommandRun.Of("train", "digits", "--recipe", "magic").FailsWith(ExitCode.WrongUsage, "no recipe is named 'magic'; known are ", "mnist-fast");

    [Fact]
    public void The_list_shows_data_set_figure_and_options()
    {
        string list = CommandRun.Of("recipes").Succeeds().Out;
        foreach (Recipe recipe in RecipeTable.All)
            Assert.All((string[])[recipe.Command, recipe.Purpose, recipe.Reaches, recipe.Options], text => Assert.Contains(text, list));
        JsonElement json = CommandRun.Of("recipes", "--json").Succeeds().Json();
        Assert.Equal(RecipeTable.All.Select(recipe => recipe.Name), json.EnumerateArray().Select(recipe => recipe.GetProperty("name").GetString()!));
    }

    private CommandRun Train(params string[] more) => CommandRun.Of(["train", "digits", "--limit", "200", .. more, "--json", "--out", _folder["run"]]);
}
