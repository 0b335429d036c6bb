namespace Fovea.Kernels.Quantized;

/// <summary>
/// Products of bytes as <see cref="QuantizedCorrelation"/> sees them. A lane of 32 bits belongs to one output and holds
/// four bytes: four channels of a pixel, or the four weights that they meet. Products are added up twice: in each lane's
/// two halves of 16 bits, which hold few of them, and from time to time in 32 bits. Where an instruction adds four
/// products to 32 bits at once, there is nothing to widen.
/// </summary>
/// <typeparam name="TVector">The vector: <c>Vector512&lt;byte&gt;</c>, ….</typeparam>
internal unsafe interface IByteSimd<TVector>
    where TVector : unmanaged
{
    /// <summary>How many outputs lie in the lanes.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(void* source);

    static abstract void Store(TVector vector, void* destination);

    /// <summary>Four activations, 0 to 127, in every lane.</summary>
    static abstract TVector Broadcast(byte* quad);

    /// <summary>The products of activations and signed weights, added up in pairs.</summary>
    static abstract TVector Multiply(TVector activations, TVector weights);

    /// <summary>sums + the products of activations and signed weights.</summary>
    static abstract TVector MultiplyAdd(TVector sums, TVector activations, TVector weights);

    /// <summary>totals of 32 bits + the sums of each lane's products.</summary>
    static abstract TVector Widen(TVector totals, TVector sums);

    /// <summary>
    /// Makes bytes of totals: round(clamp(total · scale + bias + residual · residualScale)), rounded to even.
    /// </summary>
    static abstract void Finish(int* totals, in QuantizedCorrelation.Finish finish);

    /// <summary>Makes floats of totals: clamp(total · scale + bias).</summary>
    static abstract void FinishFloats(int* totals, in QuantizedCorrelation.Finish finish);
}
