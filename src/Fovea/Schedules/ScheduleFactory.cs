using System.Globalization;

namespace Fovea.Schedules;

/// <summary>Schedules by the names that commands and checkpoints use.</summary>
public static class ScheduleFactory
{
    private static readonly Dictionary<string, string[]> Settings = new()
    {
        ["constant"] = [nameof(ScheduleOptions.WarmUpEpochs)],
        ["step"] = [nameof(ScheduleOptions.WarmUpEpochs), nameof(ScheduleOptions.Epochs), nameof(ScheduleOptions.Gamma)],
        ["exponential"] = [nameof(ScheduleOptions.WarmUpEpochs), nameof(ScheduleOptions.Gamma)],
        ["cosine"] = [nameof(ScheduleOptions.WarmUpEpochs), nameof(ScheduleOptions.WarmUp), nameof(ScheduleOptions.Final)],
        ["one-cycle"] =
        [
            nameof(ScheduleOptions.PeakAt), nameof(ScheduleOptions.InitialDivisor), nameof(ScheduleOptions.FinalDivisor),
            nameof(ScheduleOptions.Start), nameof(ScheduleOptions.Final),
        ],
        ["triangle"] = [nameof(ScheduleOptions.PeakAt), nameof(ScheduleOptions.Start), nameof(ScheduleOptions.Final)],
        ["warm-restarts"] = [nameof(ScheduleOptions.WarmUpEpochs), nameof(ScheduleOptions.Period), nameof(ScheduleOptions.Growth), nameof(ScheduleOptions.Final)],
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
            throw Guard.Unknown("schedule", name, Names);
        if (o.Given().FirstOrDefault(setting => !own.Contains(setting)) is { } foreign)
            throw new ArgumentException($"the schedule '{name}' has no setting {foreign}");
        if (o is { WarmUp: > 0, WarmUpEpochs: not null })
            throw new ArgumentException($"the schedule '{name}' takes a warm-up as a share of the run or in epochs, not both");
        Schedule schedule = name switch
        {
            "step" => new StepDecay(o.Epochs ?? 10, o.Gamma ?? 0.1),
            "exponential" => new ExponentialDecay(o.Gamma ?? 0.9),
            "cosine" => new CosineDecay(o.WarmUp ?? (o.WarmUpEpochs is null ? 0.05 : 0), o.Final ?? 0),
            "one-cycle" => CreateOneCycle(o),
            "triangle" => new Triangle(o.PeakAt ?? 0.2, o.Start ?? 0.2, o.Final ?? 0.05),
            "warm-restarts" => new WarmRestarts(o.Period ?? 10, o.Growth ?? 2, o.Final ?? 0),
            _ => new ConstantRate(),
        };
        return o.WarmUpEpochs is null or 0 ? schedule : new WarmUp(schedule, o.WarmUpEpochs.Value);
    }

    /// <summary>PyTorch's divisors, or the factors that they stand for.</summary>
    private static OneCycle CreateOneCycle(ScheduleOptions o)
    {
        if ((o.Start is not null && o.InitialDivisor is not null) || (o.Final is not null && o.FinalDivisor is not null))
            throw new ArgumentException("the schedule 'one-cycle' takes its ends as divisors or as factors, not both");
        double initial = o.Start is { } start ? 1 / Guard.UpToOne(start, "the first factor") : o.InitialDivisor ?? 25;
        if (o.Final is not { } final)
            return new OneCycle(o.PeakAt ?? 0.3, initial, o.FinalDivisor ?? 1e4);
        if (!(final > 0 && final * initial <= 1 + 1e-12))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the final factor of 'one-cycle' must be above 0 and at most the first, {1 / initial:G6}, got {final}"));
        return new OneCycle(o.PeakAt ?? 0.3, initial, Math.Max(1, 1 / (final * initial)));
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
        Triangle t => ("triangle", new ScheduleOptions { PeakAt = t.PeakAt, Start = t.Start, Final = t.Final }),
        WarmRestarts r => ("warm-restarts", new ScheduleOptions { Period = r.Period, Growth = r.Growth, Final = r.Final }),
        WarmUp { After: not (WarmUp or OneCycle or Triangle or CosineDecay { WarmUp: > 0 }) } w => Describe(w.After) is var (name, after)
            ? (name, after with { WarmUpEpochs = w.Epochs })
            : default,
        _ => throw new ArgumentException($"{schedule} has no name to be stored under"),
    };
}

/// <summary>Settings of schedules; null leaves a setting at its default.</summary>
public sealed record ScheduleOptions
{
    /// <summary>The length of a linear warm-up in epochs, instead of a share of the run: all but one-cycle and triangle.</summary>
    public double? WarmUpEpochs { get; init; }

    /// <summary>The length of a stair in epochs: step.</summary>
    public int? Epochs { get; init; }

    /// <summary>The factor from stair to stair (step) or over an epoch (exponential).</summary>
    public double? Gamma { get; init; }

    /// <summary>The warm-up's share of the run: cosine.</summary>
    public double? WarmUp { get; init; }

    /// <summary>The factor at the start: triangle, one-cycle.</summary>
    public double? Start { get; init; }

    /// <summary>The factor at the end: cosine, triangle, one-cycle; at the end of every period: warm-restarts.</summary>
    public double? Final { get; init; }

    /// <summary>The first period in epochs: warm-restarts.</summary>
    public double? Period { get; init; }

    /// <summary>How many times longer every period is than the one before: warm-restarts.</summary>
    public double? Growth { get; init; }

    /// <summary>The rise's share of the run: one-cycle, triangle.</summary>
    public double? PeakAt { get; init; }

    /// <summary>What the peak is divided by at the start: one-cycle.</summary>
    public double? InitialDivisor { get; init; }

    /// <summary>What the start is divided by at the end: one-cycle.</summary>
    public double? FinalDivisor { get; init; }

    internal IEnumerable<string> Given() =>
        from setting in new (string Name, object? Value)[]
        {
            (nameof(WarmUpEpochs), WarmUpEpochs), (nameof(Start), Start), (nameof(Period), Period), (nameof(Growth), Growth),
            (nameof(Epochs), Epochs), (nameof(Gamma), Gamma), (nameof(WarmUp), WarmUp), (nameof(Final), Final),
            (nameof(PeakAt), PeakAt), (nameof(InitialDivisor), InitialDivisor), (nameof(FinalDivisor), FinalDivisor),
        }
        where setting.Value is not null
        select setting.Name;
}
