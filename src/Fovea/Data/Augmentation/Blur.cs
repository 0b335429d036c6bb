using Fovea.Kernels;
using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>Blurs images by a Gaussian; outside them lies the edge's nearest pixel.</summary>
public sealed record Blur : AugmentationStep
{
    private const int MaxSigma = 16;

    /// <summary>Blurs of a deviation from 0 to this many pixels, at most 16.</summary>
    public Blur(double sigma) => Sigma = Guard.Between(sigma, 0, MaxSigma, "the deviation of blur");

    /// <summary>The largest deviation in pixels.</summary>
    public double Sigma { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        double sigma = rng.NextDouble(0, Sigma);
        int height = canvas.Shape.Height, width = canvas.Shape.Width, radius = GaussianTaps.Radius(sigma);
        Span<float> taps = stackalloc float[2 * GaussianTaps.Radius(MaxSigma) + 1];
        taps = taps[..(2 * radius + 1)];
        GaussianTaps.Fill(sigma, taps);
        // Asked for by the largest radius, so that memory is taken once.
        int most = GaussianTaps.Radius(Sigma);
        Span<float> row = canvas.Scratch(width + 2 * most)[..(width + 2 * radius)];
        Span<float> framed = canvas.Scratch((height + 2 * most) * width, 1)[..((height + 2 * radius) * width)];
        for (int c = 0; c < canvas.Shape.Channels; c++)
        {
            Span<float> plane = canvas.Plane(c);
            for (int y = 0; y < height; y++)
            {
                Span<float> line = plane.Slice(y * width, width);
                row[..radius].Fill(line[0]);
                line.CopyTo(row[radius..]);
                row[(radius + width)..].Fill(line[^1]);
                ShiftedSum.Sum(row, 1, taps, framed.Slice((radius + y) * width, width));
            }
            for (int y = 0; y < radius; y++)
            {
                framed.Slice(radius * width, width).CopyTo(framed[(y * width)..]);
                framed.Slice((radius + height - 1) * width, width).CopyTo(framed[((radius + height + y) * width)..]);
            }
            ShiftedSum.Sum(framed, width, taps, plane);
        }
    }
}
