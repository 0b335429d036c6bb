namespace Fovea.Optimizers;

/// <summary>Optimisers by the names that commands and checkpoints use.</summary>
public static class OptimizerFactory
{
    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["sgd", "adam", "adamw", "rmsprop"];

    /// <summary>Makes an optimiser.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="learningRate">The base learning rate, positive.</param>
    /// <param name="options">Its settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is unknown, or a setting is out of range or not one of this optimiser's.</exception>
    public static Optimizer Create(string name, double learningRate, OptimizerOptions? options = null)
    {
        OptimizerOptions o = options ?? new OptimizerOptions();
        if (o is { Lookahead: null, LookaheadShare: not null })
            throw new ArgumentException("lookahead's share needs its steps");
        Optimizer plain = CreatePlain(name, learningRate, o);
        return o.Lookahead is { } steps ? new Lookahead(plain, steps, o.LookaheadShare ?? 0.5) : plain;
    }

    private static Optimizer CreatePlain(string name, double learningRate, OptimizerOptions o)
    {
        switch (name)
        {
            case "sgd":
                Refuse(name, ("beta1", o.Beta1), ("beta2", o.Beta2), ("epsilon", o.Epsilon), ("alpha", o.Alpha));
                return new Sgd(learningRate, o.Momentum ?? 0, o.Nesterov ?? false, o.WeightDecay ?? 0);
            case "adam":
                RefuseForAdam(name, o);
                return new Adam(learningRate, o.Beta1 ?? 0.9, o.Beta2 ?? 0.999, o.Epsilon ?? 1e-8, o.WeightDecay ?? 0);
            case "adamw":
                RefuseForAdam(name, o);
                return new AdamW(learningRate, o.Beta1 ?? 0.9, o.Beta2 ?? 0.999, o.Epsilon ?? 1e-8, o.WeightDecay ?? 1e-2);
            case "rmsprop":
                Refuse(name, ("nesterov", o.Nesterov), ("beta1", o.Beta1), ("beta2", o.Beta2));
                return new RmsProp(learningRate, o.Alpha ?? 0.99, o.Epsilon ?? 1e-8, o.Momentum ?? 0, o.WeightDecay ?? 0);
            default:
                throw Guard.Unknown("optimizer", name, Names);
        }
    }

    private static void RefuseForAdam(string name, OptimizerOptions o) =>
        Refuse(name, ("momentum", o.Momentum), ("nesterov", o.Nesterov), ("alpha", o.Alpha));

    private static void Refuse(string name, params ReadOnlySpan<(string Setting, object? Value)> absent)
    {
        foreach ((string setting, object? value) in absent)
        {
            if (value is not null)
                throw new ArgumentException($"{name} has no {setting}");
        }
    }
}

/// <summary>Settings of optimisers; null leaves a setting at its optimiser's default.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The share of the last velocity that is kept: sgd, rmsprop.</summary>
    public double? Momentum { get; init; }

    /// <summary>Whether momentum looks ahead: sgd.</summary>
    public bool? Nesterov { get; init; }

    /// <summary>The strength of weight decay: all.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>The memory of the mean gradient: adam, adamw.</summary>
    public double? Beta1 { get; init; }

    /// <summary>The memory of the squared gradient: adam, adamw.</summary>
    public double? Beta2 { get; init; }

    /// <summary>What keeps the divisor from zero: adam, adamw, rmsprop.</summary>
    public double? Epsilon { get; init; }

    /// <summary>The memory of the squared gradient: rmsprop.</summary>
    public double? Alpha { get; init; }

    /// <summary>After how many steps lookahead's slow weights follow; no lookahead if null: all.</summary>
    public int? Lookahead { get; init; }

    /// <summary>How far lookahead's slow weights follow: all.</summary>
    public double? LookaheadShare { get; init; }
}
