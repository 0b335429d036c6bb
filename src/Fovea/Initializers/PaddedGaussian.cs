using Fovea.Tensors;

namespace Fovea.Initializers;

/// <summary>Draws the vectors of words from a normal distribution of mean 0; the padding's vector is zero.</summary>
/// <param name="Deviation">The standard deviation, zero or more.</param>
/// <param name="PaddingIndex">The row that stays zero; −1 for none.</param>
public sealed record PaddedGaussian(double Deviation, int PaddingIndex) : Initializer
{
    /// <inheritdoc/>
    /// <remarks>The fan-out is the length of a row.</remarks>
    public override void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng)
    {
        new Gaussian(Deviation).Fill(values, fanIn, fanOut, ref rng);
        if (PaddingIndex >= 0)
            values.Slice(PaddingIndex * fanOut, fanOut).Clear();
    }
}
