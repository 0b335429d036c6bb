using System.CommandLine;
using System.CommandLine.Completions;
using Fovea.Runs.Settings;

namespace Fovea.Cli.Options;

/// <summary><c>--recipe NAME</c>: the options of a recipe, as if they had been typed, but those that are typed win.</summary>
internal sealed class RecipeOption : Option<string?>
{
    /// <summary>The option; its name is checked while the line is read.</summary>
    public RecipeOption() : base("--recipe")
    {
        Description = "Start from options that were measured together ('fovea recipes' lists them); options beside it win";
        HelpName = "NAME";
        Arity = ArgumentArity.ExactlyOne;
        CustomParser = result =>
        {
            string name = result.Tokens[0].Value;
            if (RecipeTable.Find(name) is null)
                result.AddError($"--recipe: no recipe is named '{name}'{Nearest.Question(name, RecipeTable.All.Select(recipe => recipe.Name))}; known are {string.Join(", ", RecipeTable.All.Select(recipe => recipe.Name))}");
            return name;
        };
        CompletionSources.Add(_ => RecipeTable.All.Select(recipe => new CompletionItem(recipe.Name)));
    }

    /// <summary>The line with all that its recipe says; the line itself if it names none, or is wrong anyway.</summary>
    /// <param name="line">What was typed.</param>
    /// <param name="words">The same as words.</param>
    public static ParseResult Complete(ParseResult line, IReadOnlyList<string> words)
    {
        Command command = line.CommandResult.Command;
        if (line.Errors.Count > 0 || command.Options.OfType<RecipeOption>().FirstOrDefault() is not { } option
            || line.GetValue(option) is not { } name || RecipeTable.Find(name) is not { } recipe)
            return line;
        bool IsTyped(string part) => command.Options.FirstOrDefault(known => known.Name == part) is { } known && line.GetResult(known) is { Implicit: false };
        // A run goes on with what it was started with.
        if (IsTyped("--resume"))
            return line;
        HashSet<string> others = [.. Recipe.Belonging.Where(pair => IsTyped(pair.Key)).SelectMany(pair => pair.Value)];
        IEnumerable<string> added = recipe.Parts
            .Where(part => command.Options.Any(known => known.Name == part[0]) && !IsTyped(part[0]) && !others.Contains(part[0]))
            .SelectMany(part => part);
        bool namesData = command.Arguments.Any(argument => line.GetResult(argument) is { Tokens.Count: > 0 });
        IEnumerable<string> dataset = recipe.Dataset is { } own && !namesData ? [own] : [];
        return line.RootCommandResult.Command.Parse([.. words, .. dataset, .. added]);
    }
}
