using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Runs;
using Fovea.Runs.Reports;
using Fovea.Runs.Settings;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea recipes</c>: lists what <c>fovea train --recipe</c> knows.</summary>
internal sealed class RecipesCommand : FoveaCommand
{
    private readonly Option<bool> _json = CommonOptions.Json();

    public RecipesCommand(Terminal terminal)
        : base("recipes", "List training options that were measured together, for 'fovea train --recipe'.", terminal) => Add(_json);

    public override IReadOnlyList<string> Examples => ["fovea recipes", "fovea recipes --json"];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        if (line.GetValue(_json))
        {
            JsonOutput.Print(Terminal, RecipeTable.All, ReportJson.Readable.IReadOnlyListRecipe);
            return ExitCode.Done;
        }
        foreach (Recipe recipe in RecipeTable.All)
        {
            Terminal.PrintLines($"""
                {recipe.Command}
                  {recipe.Purpose}
                  reached: {recipe.Reaches}
                  {recipe.Options}
                """);
            Terminal.Print();
        }
        Terminal.Print("Options beside --recipe win: fovea train mnist --recipe mnist-fast --epochs 1");
        return ExitCode.Done;
    }
}
