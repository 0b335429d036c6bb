namespace Fovea.Schedules;

/// <summary>Schedules by the names that commands and checkpoints use.</summary>
public static class ScheduleFactory
{
    private static readonly Dictionary<string, string[]> Settings = new()
    {
        ["constant"] = [],
        ["step"] = [nameof(ScheduleOptions.Epochs), nameof(ScheduleOptions.Gamma)],
        ["exponential"] = [nameof(ScheduleOptions.Gamma)],
        ["cosine"] = [nameof(ScheduleOptions.WarmUp), nameof(ScheduleOptions.Final)],
        ["one-cycle"] = [nameof(ScheduleOptions.PeakAt), nameof(ScheduleOptions.InitialDivisor), nameof(ScheduleOptions.FinalDivisor)],
    };

    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Settings.Keys];

    /// <summary>Makes a schedule.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">Its settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is unknown, or a setting is out of range or not one of this schedule's.</exception>
    public static Schedule Create(string name, ScheduleOptions? options = null)
    {
        ScheduleOptions o = options ?? new ScheduleOptions();
        if (!Settings.TryGetValue(name, out string[]? own))
            throw Require.Unknown("schedule", name, Names);
        if (o.Given().FirstOrDefault(setting => !own.Contains(setting)) is { } foreign)
            throw new ArgumentException($"the schedule '{name}' has no setting {foreign}");
        return name switch
        {
            "step" => new StepDecay(o.Epochs ?? 10, o.Gamma ?? 0.1),
            "exponential" => new ExponentialDecay(o.Gamma ?? 0.9),
            "cosine" => new CosineDecay(o.WarmUp ?? 0.05, o.Final ?? 0),
            "one-cycle" => new OneCycle(o.PeakAt ?? 0.3, o.InitialDivisor ?? 25, o.FinalDivisor ?? 1e4),
            _ => new ConstantRate(),
        };
    }

    /// <summary>The name and settings from which <see cref="Create"/> makes an equal schedule.</summary>
    /// <exception cref="ArgumentException">The schedule is not one of this library's.</exception>
    public static (string Name, ScheduleOptions Options) Describe(Schedule schedule) => schedule switch
    {
        ConstantRate => ("constant", new ScheduleOptions()),
        StepDecay s => ("step", new ScheduleOptions { Epochs = s.Epochs, Gamma = s.Gamma }),
        ExponentialDecay e => ("exponential", new ScheduleOptions { Gamma = e.Gamma }),
        CosineDecay c => ("cosine", new ScheduleOptions { WarmUp = c.WarmUp, Final = c.Final }),
        OneCycle o => ("one-cycle", new ScheduleOptions
        {
            PeakAt = o.PeakAt,
            InitialDivisor = o.InitialDivisor,
            FinalDivisor = o.FinalDivisor,
        }),
        _ => throw new ArgumentException($"{schedule} has no name to be stored under"),
    };
}

/// <summary>Settings of schedules; null leaves a setting at its default.</summary>
public sealed record ScheduleOptions
{
    /// <summary>The length of a stair in epochs: step.</summary>
    public int? Epochs { get; init; }

    /// <summary>The factor from stair to stair (step) or over an epoch (exponential).</summary>
    public double? Gamma { get; init; }

    /// <summary>The warm-up's share of the run: cosine.</summary>
    public double? WarmUp { get; init; }

    /// <summary>The factor at the end: cosine.</summary>
    public double? Final { get; init; }

    /// <summary>The rise's share of the run: one-cycle.</summary>
    public double? PeakAt { get; init; }

    /// <summary>What the peak is divided by at the start: one-cycle.</summary>
    public double? InitialDivisor { get; init; }

    /// <summary>What the start is divided by at the end: one-cycle.</summary>
    public double? FinalDivisor { get; init; }

    internal IEnumerable<string> Given() =>
        from setting in new (string Name, object? Value)[]
        {
            (nameof(Epochs), Epochs), (nameof(Gamma), Gamma), (nameof(WarmUp), WarmUp), (nameof(Final), Final),
            (nameof(PeakAt), PeakAt), (nameof(InitialDivisor), InitialDivisor), (nameof(FinalDivisor), FinalDivisor),
        }
        where setting.Value is not null
        select setting.Name;
}
