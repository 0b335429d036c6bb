namespace Fovea.Kernels.Blocked;

/// <summary>
/// Softmax of a vector whose elements lie in blocks of 16. The exponentials are MathF's, and sums run in order, so that the
/// results are those of a plan that does not work in blocks.
/// </summary>
internal static unsafe class BlockedSoftmax
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>yᵢ = exp(xᵢ − max) / Σⱼ exp(xⱼ − max).</summary>
    /// <param name="x">Blocks, <paramref name="inputPlane"/> floats apart.</param>
    /// <param name="inputPlane">Floats from block to block.</param>
    /// <param name="y">Blocks, <paramref name="outputPlane"/> floats apart.</param>
    /// <param name="outputPlane">Floats from block to block.</param>
    /// <param name="length">How many elements.</param>
    public static void Forward(float* x, int inputPlane, float* y, int outputPlane, int length)
    {
        float most = *x, sum = 0;
        for (int i = 1; i < length; i++)
            most = MathF.Max(most, *At(x, inputPlane, i));
        for (int i = 0; i < length; i++)
            sum += *At(y, outputPlane, i) = MathF.Exp(*At(x, inputPlane, i) - most);
        for (int i = 0; i < length; i++)
            *At(y, outputPlane, i) /= sum;
    }

    /// <summary>dᵢ = yᵢ (gᵢ − Σⱼ gⱼ yⱼ), or added to what is there.</summary>
    /// <param name="y">What forward gave: blocks, <paramref name="outputPlane"/> floats apart.</param>
    /// <param name="g">The output's gradient, as y.</param>
    /// <param name="outputPlane">Floats from block to block.</param>
    /// <param name="d">The input's gradient: blocks, <paramref name="inputPlane"/> floats apart.</param>
    /// <param name="inputPlane">Floats from block to block.</param>
    /// <param name="adds">Whether to add.</param>
    /// <param name="length">How many elements.</param>
    public static void Backward(float* y, float* g, int outputPlane, float* d, int inputPlane, bool adds, int length)
    {
        float dot = 0;
        for (int i = 0; i < length; i++)
            dot += *At(g, outputPlane, i) * *At(y, outputPlane, i);
        for (int i = 0; i < length; i++)
        {
            float gradient = (*At(g, outputPlane, i) - dot) * *At(y, outputPlane, i);
            *At(d, inputPlane, i) = adds ? gradient + *At(d, inputPlane, i) : gradient;
        }
    }

    private static float* At(float* vector, int plane, int i) => vector + i / Block * plane + i % Block;
}
