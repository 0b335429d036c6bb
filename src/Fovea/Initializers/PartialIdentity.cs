using Fovea.Tensors;

namespace Fovea.Initializers;

/// <summary>
/// Kernels that begin by handing on their input: the first of them, as many as there are inputs, have a one in the centre
/// of their own input and zeros elsewhere; another rule draws those beyond. So it is done in airbench (Jordan, "94% on
/// CIFAR-10 in 3.29 seconds on a single GPU", 2024).
/// </summary>
/// <param name="KernelArea">Cells of a kernel, odd.</param>
/// <param name="Rest">What draws the kernels beyond.</param>
public sealed record PartialIdentity(int KernelArea, Initializer Rest) : Initializer
{
    /// <summary>Cells of a kernel.</summary>
    public int KernelArea { get; } = KernelArea > 0 && KernelArea % 2 == 1
        ? KernelArea
        : throw new ArgumentException($"only kernels with a cell in the centre can hand on their input, got {KernelArea} cells");

    /// <inheritdoc/>
    public override void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng)
    {
        Rest.Fill(values, fanIn, fanOut, ref rng);
        int inChannels = fanIn / KernelArea, outChannels = values.Length / fanIn;
        for (int c = 0; c < Math.Min(inChannels, outChannels); c++)
        {
            Span<float> kernels = values.Slice(c * fanIn, fanIn);
            kernels.Clear();
            kernels[c * KernelArea + KernelArea / 2] = 1;
        }
    }
}
