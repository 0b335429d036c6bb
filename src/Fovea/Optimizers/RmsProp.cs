using System.Numerics;

namespace Fovea.Optimizers;

/// <summary>
/// RMSprop (Tieleman and Hinton, 2012) as PyTorch defines it: g ← g + λw, v ← αv + (1 − α)g², d = g / (√v + ε);
/// w ← w − η d, or with momentum μ: b ← μb + d, w ← w − η b.
/// </summary>
public sealed class RmsProp : Optimizer
{
    /// <summary>RMSprop with these settings.</summary>
    /// <param name="learningRate">η, positive.</param>
    /// <param name="alpha">α in [0, 1), the memory of the squared gradient.</param>
    /// <param name="epsilon">ε, positive: keeps the divisor from zero.</param>
    /// <param name="momentum">μ in [0, 1).</param>
    /// <param name="weightDecay">λ, zero or more.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public RmsProp(double learningRate = 1e-2, double alpha = 0.99, double epsilon = 1e-8, double momentum = 0, double weightDecay = 0)
    {
        LearningRate = (float)Guard.Positive(learningRate, "learning rate");
        Alpha = Guard.BelowOne(alpha, "alpha");
        Epsilon = Guard.Positive(epsilon, "epsilon");
        Momentum = Guard.BelowOne(momentum, "momentum");
        WeightDecay = Guard.NotNegative(weightDecay, "weight decay");
    }

    /// <summary>The memory of the squared gradient.</summary>
    public double Alpha { get; }

    /// <summary>What keeps the divisor from zero.</summary>
    public double Epsilon { get; }

    /// <summary>The share of the last step's velocity that is kept.</summary>
    public double Momentum { get; }

    /// <summary>What share of the value is added to its gradient.</summary>
    public double WeightDecay { get; }

    /// <inheritdoc/>
    public override int StateCount => Momentum == 0 ? 1 : 2;

    /// <inheritdoc/>
    public override string Name => "rmsprop";

    /// <inheritdoc/>
    public override OptimizerOptions Options =>
        new() { Alpha = Alpha, Epsilon = Epsilon, Momentum = Momentum, WeightDecay = WeightDecay };

    /// <inheritdoc/>
    public override void Update(
        int parameter, int start, Span<float> values, ReadOnlySpan<float> gradient, float gradientScale, bool decay)
    {
        Span<float> square = State(parameter, 0, start, values.Length);
        var scaled = new Scaled(
            gradientScale, decay ? (float)WeightDecay : 0, (float)Alpha, (float)(1 - Alpha), (float)Epsilon);
        if (Momentum == 0)
            UpdateLoop.Run(new Plain(scaled, RateOf(parameter)), values, gradient, square, []);
        else
            UpdateLoop.Run(
                new Heavy(scaled, RateOf(parameter), (float)Momentum), values, gradient, square,
                State(parameter, 1, start, values.Length));
    }

    private readonly record struct Scaled(float GradientScale, float WeightDecay, float Alpha, float NewSquare, float Epsilon)
    {
        public Vector<float> Direction(Vector<float> value, Vector<float> gradient, ref Vector<float> square)
        {
            Vector<float> g = gradient * GradientScale + WeightDecay * value;
            square = square * Alpha + g * g * NewSquare;
            return g / (Vector.SquareRoot(square) + new Vector<float>(Epsilon));
        }
    }

    private readonly struct Plain(Scaled scaled, float rate) : IUpdateRule
    {
        public static int StateCount => 1;

        public void Apply(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second) =>
            value -= rate * scaled.Direction(value, gradient, ref first);
    }

    private readonly struct Heavy(Scaled scaled, float rate, float momentum) : IUpdateRule
    {
        public static int StateCount => 2;

        public void Apply(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            second = second * momentum + scaled.Direction(value, gradient, ref first);
            value -= rate * second;
        }
    }
}
