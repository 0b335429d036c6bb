namespace Fovea.Runs.Settings;

/// <summary>Training options that were tried and measured together, under a name.</summary>
/// <param name="Name">What <c>--recipe</c> calls it.</param>
/// <param name="Dataset">The data set it was measured on, which is taken if none is named; null for a folder that only the user can name.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Reaches">What was measured, and how: so many seeds, on which samples.</param>
/// <param name="Options">Options of <c>fovea train</c> as they would be typed.</param>
public sealed record Recipe(string Name, string? Dataset, string Purpose, string Reaches, string Options)
{
    /// <summary>
    /// Options that mean something only beside the value a recipe has for another one: whoever asks for another optimiser
    /// does not want the learning rate of the recipe's.
    /// </summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Belonging { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["--optimizer"] = ["--lr", "--momentum", "--nesterov", "--beta1", "--beta2", "--weight-decay"],
        ["--schedule"] = ["--warmup", "--peak-at", "--start-factor", "--end-factor", "--gamma", "--stair", "--period", "--growth"],
        ["--loss"] = ["--label-smoothing"],
        ["--from"] = ["--model", "--input"],
        ["--network"] = ["--model"],
    };

    /// <summary>An option that the recipe does not work without and only the user can give; null for none.</summary>
    public string? Needs { get; init; }

    /// <summary>The options one by one: the name and its value, if it takes one.</summary>
    public IEnumerable<IReadOnlyList<string>> Parts
    {
        get
        {
            List<string> part = [];
            foreach (string word in Options.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                if (word.StartsWith("--", StringComparison.Ordinal) && part.Count > 0)
                {
                    yield return part;
                    part = [];
                }
                part.Add(word);
            }
            if (part.Count > 0)
                yield return part;
        }
    }

    /// <summary>The command line that runs it.</summary>
    public string Command => $"fovea train {Dataset ?? "FOLDER"} --recipe {Name}{(Needs is null ? "" : $" {Needs} ...")}";
}
