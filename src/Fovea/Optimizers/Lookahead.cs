namespace Fovea.Optimizers;

/// <summary>
/// Lookahead (Zhang, Lucas, Ba and Hinton, 2019) around another optimiser: that one makes k steps with fast weights, then
/// the slow weights follow a share of the way, φ ← φ + α(θ − φ), and the fast weights go on from there, θ ← φ. The inner
/// optimiser's own state goes on untouched. The slow weights start as the weights of the first step.
/// </summary>
public sealed class Lookahead : Optimizer
{
    private readonly Optimizer _inner;

    /// <summary>Lookahead around an optimiser, which must not be used for anything else.</summary>
    /// <param name="inner">Moves the fast weights; its learning rate is taken over.</param>
    /// <param name="steps">k, 1 or more.</param>
    /// <param name="share">α, above 0 and at most 1.</param>
    /// <exception cref="ArgumentException">A setting is outside its range, or the optimiser looks ahead already.</exception>
    public Lookahead(Optimizer inner, int steps = 5, double share = 0.5)
    {
        ArgumentNullException.ThrowIfNull(inner);
        if (inner is Lookahead)
            throw new ArgumentException("lookahead goes around an optimizer that does not look ahead already");
        _inner = inner;
        LearningRate = inner.LearningRate;
        Steps = Guard.AtLeastOne(steps, "lookahead's steps");
        Share = Guard.UpToOne(share, "lookahead's share");
    }

    /// <summary>How many steps the fast weights make before the slow ones follow.</summary>
    public int Steps { get; }

    /// <summary>How far the slow weights follow.</summary>
    public double Share { get; }

    /// <summary>The inner optimiser's, and behind them the slow weights.</summary>
    public override int StateCount => _inner.StateCount + 1;

    /// <summary>The inner optimiser's name.</summary>
    public override string Name => _inner.Name;

    /// <inheritdoc/>
    public override OptimizerOptions Options => _inner.Options with { Lookahead = Steps, LookaheadShare = Share };

    /// <inheritdoc/>
    public override void Prepare(IReadOnlyList<int> parameterLengths)
    {
        ArgumentNullException.ThrowIfNull(parameterLengths);
        _inner.Prepare(parameterLengths);
        // Both see the same arrays, so that a checkpoint holds the inner state without knowing of it.
        SetStates([.. parameterLengths.Select((length, p) => (float[][])[.. _inner.States[p], new float[length]])]);
    }

    /// <inheritdoc/>
    public override void BeginStep()
    {
        base.BeginStep();
        _inner.StepCount = StepCount;
        _inner.LearningRate = LearningRate;
        _inner.RateFactors = RateFactors;
    }

    /// <inheritdoc/>
    public override void Update(int parameter, int start, Span<float> values, ReadOnlySpan<float> gradient, float gradientScale, bool decay)
    {
        Span<float> slow = State(parameter, StateCount - 1, start, values.Length);
        if (StepCount == 1)
            values.CopyTo(slow);
        _inner.Update(parameter, start, values, gradient, gradientScale, decay);
        if (StepCount % Steps != 0)
            return;
        UpdateLoop.Run(new Approach((float)Share), slow, values, [], []);
        slow.CopyTo(values);
    }
}
