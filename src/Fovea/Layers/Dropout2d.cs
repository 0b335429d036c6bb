namespace Fovea.Layers;

/// <summary>
/// In training drops whole feature maps of every sample with probability p and multiplies what is left by 1 / (1 − p), so that
/// inference can leave everything as it is; (C, H, W), unchanged; of a vector (F) every feature is a map (Tompson et al., 2015). What is dropped follows from the plan's
/// seed, the training step, the node and the sample's number in the batch alone.
/// </summary>
public sealed record Dropout2d : Activation
{
    /// <summary>Describes a dropout.</summary>
    /// <param name="p">The probability of being dropped: [0, 1).</param>
    /// <exception cref="ArgumentException"><paramref name="p"/> is out of range.</exception>
    public Dropout2d(double p = 0.5) => P = Guard.BelowOne(p, "Dropout2d: p");

    /// <summary>The probability of being dropped.</summary>
    public double P { get; }
}
