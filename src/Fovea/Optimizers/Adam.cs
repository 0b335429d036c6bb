using System.Numerics;

namespace Fovea.Optimizers;

/// <summary>
/// Adam (Kingma and Ba, 2015) as PyTorch defines it: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
/// w ← w − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε). Weight decay λ is added to the gradient; see <see cref="AdamW"/>
/// for decay that is not.
/// </summary>
public class Adam : Optimizer
{
    /// <summary>Adam with these settings.</summary>
    /// <param name="learningRate">η, positive.</param>
    /// <param name="beta1">β₁ in [0, 1), the memory of the mean gradient.</param>
    /// <param name="beta2">β₂ in [0, 1), the memory of the squared gradient.</param>
    /// <param name="epsilon">ε, positive: keeps the divisor from zero.</param>
    /// <param name="weightDecay">λ, zero or more.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public Adam(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
    {
        LearningRate = (float)Guard.Positive(learningRate, "learning rate");
        Beta1 = Guard.BelowOne(beta1, "beta1");
        Beta2 = Guard.BelowOne(beta2, "beta2");
        Epsilon = Guard.Positive(epsilon, "epsilon");
        WeightDecay = Guard.NotNegative(weightDecay, "weight decay");
    }

    /// <summary>The memory of the mean gradient.</summary>
    public double Beta1 { get; }

    /// <summary>The memory of the squared gradient.</summary>
    public double Beta2 { get; }

    /// <summary>What keeps the divisor from zero.</summary>
    public double Epsilon { get; }

    /// <summary>λ, the strength of weight decay.</summary>
    public double WeightDecay { get; }

    /// <inheritdoc/>
    public override int StateCount => 2;

    /// <inheritdoc/>
    public override string Name => "adam";

    /// <inheritdoc/>
    public override OptimizerOptions Options =>
        new() { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, WeightDecay = WeightDecay };

    /// <summary>Whether decay shrinks the value itself (AdamW) rather than joining the gradient.</summary>
    private protected virtual bool IsDecoupled => false;

    /// <inheritdoc/>
    public override void Update(
        int parameter, int start, Span<float> values, ReadOnlySpan<float> gradient, float gradientScale, bool decay)
    {
        Span<float> mean = State(parameter, 0, start, values.Length);
        Span<float> square = State(parameter, 1, start, values.Length);
        double weightDecay = decay ? WeightDecay : 0;
        var rule = new Rule(
            GradientScale: gradientScale,
            GradientDecay: IsDecoupled ? 0 : (float)weightDecay,
            ValueDecay: IsDecoupled ? (float)(RateOf(parameter) * weightDecay) : 0,
            Beta1: (float)Beta1,
            NewMean: (float)(1 - Beta1),
            Beta2: (float)Beta2,
            NewSquare: (float)(1 - Beta2),
            Step: (float)(RateOf(parameter) / (1 - Math.Pow(Beta1, StepCount))),
            RootScale: (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, StepCount))),
            Epsilon: (float)Epsilon);
        UpdateLoop.Run(rule, values, gradient, mean, square);
    }

    private readonly record struct Rule(
        float GradientScale, float GradientDecay, float ValueDecay, float Beta1, float NewMean, float Beta2, float NewSquare,
        float Step, float RootScale, float Epsilon) : IUpdateRule
    {
        public static int StateCount => 2;

        public void Apply(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            Vector<float> g = gradient * GradientScale + GradientDecay * value;
            value -= ValueDecay * value;
            first = first * Beta1 + g * NewMean;
            second = second * Beta2 + g * g * NewSquare;
            Vector<float> divisor = Vector.SquareRoot(second) * RootScale + new Vector<float>(Epsilon);
            value -= Step * first / divisor;
        }
    }
}

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019): w ← w − ηλw before Adam's step, so that the decay
/// is not divided by the gradient's size.
/// </summary>
public sealed class AdamW : Adam
{
    /// <summary>AdamW with these settings.</summary>
    /// <inheritdoc cref="Adam(double, double, double, double, double)"/>
    public AdamW(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 1e-2)
        : base(learningRate, beta1, beta2, epsilon, weightDecay)
    {
    }

    /// <inheritdoc/>
    public override string Name => "adamw";

    private protected override bool IsDecoupled => true;
}
