namespace Fovea.Optimizers;

/// <summary>
/// A rule that moves parameters against their gradients. It keeps one state of <see cref="StateCount"/> floats for
/// every element of every parameter, made at the first step and saved in checkpoints. Steps allocate nothing.
/// </summary>
public abstract class Optimizer
{
    private float[][][] _states = [];

    /// <summary>The learning rate of the next step, zero or more; schedules write it.</summary>
    /// <exception cref="ArgumentException">The value is negative, infinite or NaN.</exception>
    public float LearningRate { get; set => field = (float)Guard.NotNegative(value, "learning rate"); }

    /// <summary>
    /// What the learning rate of every parameter is multiplied by, in the order of <see cref="Prepare"/>; null for 1. Layers
    /// that were trained before learn more slowly than those that were drawn anew (Howard and Ruder, 2018).
    /// </summary>
    /// <exception cref="ArgumentException">A factor is negative, infinite or NaN.</exception>
    public IReadOnlyList<float>? RateFactors
    {
        get;
        set => field = value?.All(factor => float.IsFinite(factor) && factor >= 0) ?? true ? value : throw new ArgumentException("factors of the learning rate are zero or more");
    }

    /// <summary>How many steps were made; part of a checkpoint, as Adam's bias correction needs it.</summary>
    public long StepCount { get; set; }

    /// <summary>How many floats of state each element of a parameter has: 0, 1 (momentum) or 2 (Adam).</summary>
    public abstract int StateCount { get; }

    /// <summary>The name in commands and checkpoints: <c>sgd</c>, <c>adam</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The settings from which <see cref="OptimizerFactory"/> makes the same optimiser.</summary>
    public virtual OptimizerOptions Options => new();

    /// <summary>State arrays by parameter, then by number; empty before <see cref="Prepare"/>.</summary>
    public IReadOnlyList<float[][]> States => _states;

    /// <summary>Makes the state for parameters of these lengths, zeros. Must precede the first step.</summary>
    public virtual void Prepare(IReadOnlyList<int> parameterLengths)
    {
        ArgumentNullException.ThrowIfNull(parameterLengths);
        _states = [.. parameterLengths.Select(length =>
            Enumerable.Range(0, StateCount).Select(_ => new float[length]).ToArray())];
    }

    /// <summary>Starts a step: call once before the parameters' <see cref="Update"/>.</summary>
    public virtual void BeginStep() => StepCount++;

    /// <summary>Moves a range of one parameter. Different ranges may be updated by different threads at once.</summary>
    /// <param name="parameter">The parameter's number, as given to <see cref="Prepare"/>.</param>
    /// <param name="start">Where in the parameter the range begins, in elements.</param>
    /// <param name="values">The range of the parameter, changed in place.</param>
    /// <param name="gradient">The same range of the gradient.</param>
    /// <param name="gradientScale">What every gradient is multiplied by first (clipping by norm).</param>
    /// <param name="decay">Whether weight decay applies to this parameter.</param>
    public abstract void Update(int parameter, int start, Span<float> values, ReadOnlySpan<float> gradient, float gradientScale, bool decay);

    /// <summary>The learning rate of a parameter.</summary>
    protected float RateOf(int parameter) => RateFactors is { } factors ? LearningRate * factors[parameter] : LearningRate;

    /// <summary>Takes over states that someone else made.</summary>
    private protected void SetStates(float[][][] states) => _states = states;

    /// <summary>A range of one state of a parameter, as long as the range that is being updated.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Prepare"/> or <see cref="BeginStep"/> was not called.</exception>
    protected Span<float> State(int parameter, int number, int start, int length)
    {
        if (StepCount == 0 || parameter >= _states.Length)
            throw new InvalidOperationException($"{Name} needs Prepare before the first step and BeginStep before every one");
        return _states[parameter][number].AsSpan(start, length);
    }
}
