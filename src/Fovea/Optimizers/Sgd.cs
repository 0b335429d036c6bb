using System.Numerics;

namespace Fovea.Optimizers;

/// <summary>
/// Stochastic gradient descent as PyTorch defines it, with momentum μ (Polyak, 1964; Nesterov's form after Sutskever
/// et al., 2013) and weight decay λ added to the gradient: g ← g + λw; b ← μb + g; w ← w − η b, or with Nesterov
/// w ← w − η (g + μb).
/// </summary>
public sealed class Sgd : Optimizer
{
    /// <summary>Gradient descent with these settings.</summary>
    /// <param name="learningRate">η, positive.</param>
    /// <param name="momentum">μ in [0, 1).</param>
    /// <param name="nesterov">Whether to look ahead; needs momentum.</param>
    /// <param name="weightDecay">λ, zero or more.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public Sgd(double learningRate, double momentum = 0, bool nesterov = false, double weightDecay = 0)
    {
        LearningRate = (float)Guard.Positive(learningRate, "learning rate");
        Momentum = Guard.BelowOne(momentum, "momentum");
        WeightDecay = Guard.NotNegative(weightDecay, "weight decay");
        if (nesterov && momentum == 0)
            throw new ArgumentException("nesterov needs a momentum above 0, got 0");
        Nesterov = nesterov;
    }

    /// <summary>The share of the last step's velocity that is kept.</summary>
    public double Momentum { get; }

    /// <summary>Whether the step looks ahead along the velocity.</summary>
    public bool Nesterov { get; }

    /// <summary>What share of the value is added to its gradient.</summary>
    public double WeightDecay { get; }

    /// <inheritdoc/>
    public override int StateCount => Momentum == 0 ? 0 : 1;

    /// <inheritdoc/>
    public override string Name => "sgd";

    /// <inheritdoc/>
    public override OptimizerOptions Options => new() { Momentum = Momentum, Nesterov = Nesterov, WeightDecay = WeightDecay };

    /// <inheritdoc/>
    public override void Update(
        int parameter, int start, Span<float> values, ReadOnlySpan<float> gradient, float gradientScale, bool decay)
    {
        float weightDecay = decay ? (float)WeightDecay : 0;
        if (Momentum == 0)
        {
            UpdateLoop.Run(new Plain(RateOf(parameter), weightDecay, gradientScale), values, gradient, [], []);
            return;
        }
        Span<float> velocity = State(parameter, 0, start, values.Length);
        if (Nesterov)
            UpdateLoop.Run(new Ahead(RateOf(parameter), (float)Momentum, weightDecay, gradientScale), values, gradient, velocity, []);
        else
            UpdateLoop.Run(new Heavy(RateOf(parameter), (float)Momentum, weightDecay, gradientScale), values, gradient, velocity, []);
    }

    private readonly struct Plain(float rate, float weightDecay, float scale) : IUpdateRule
    {
        public static int StateCount => 0;

        public void Apply(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second) =>
            value -= rate * (gradient * scale + weightDecay * value);
    }

    private readonly struct Heavy(float rate, float momentum, float weightDecay, float scale) : IUpdateRule
    {
        public static int StateCount => 1;

        public void Apply(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            first = first * momentum + (gradient * scale + weightDecay * value);
            value -= rate * first;
        }
    }

    private readonly struct Ahead(float rate, float momentum, float weightDecay, float scale) : IUpdateRule
    {
        public static int StateCount => 1;

        public void Apply(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            Vector<float> decayed = gradient * scale + weightDecay * value;
            first = first * momentum + decayed;
            value -= rate * (decayed + first * momentum);
        }
    }
}
