namespace Fovea.Kernels.Simd;

/// <summary>
/// Arithmetic on vectors of floats as the kernels see it. A kernel is written once, generic over the operations and the
/// vector, and the JIT makes one version a width, in which every call below is one instruction. The vectors themselves
/// are .NET's: wrapped in a struct of ours, the JIT would move every sum to another register and back.
/// </summary>
/// <typeparam name="TVector">The vector: <c>Vector512&lt;float&gt;</c>, … or a plain float.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>How many floats lie in the lanes.</summary>
    static abstract int Count { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector vector, float* destination);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>left · right + addend, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>The larger of each pair; NaN if either is NaN.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>The smaller of each pair; NaN if either is NaN.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>The value, but not below lower nor above upper; NaN stays NaN.</summary>
    static abstract TVector Clamp(TVector value, TVector lower, TVector upper);

    /// <summary>All bits set where the pair is equal, none elsewhere.</summary>
    static abstract TVector Equal(TVector left, TVector right);

    /// <summary>All bits set where left is greater, none elsewhere.</summary>
    static abstract TVector Greater(TVector left, TVector right);

    /// <summary>left and right, bit by bit: keeps a value where a mask is set and makes it 0 elsewhere.</summary>
    static abstract TVector And(TVector left, TVector right);

    /// <summary>left and not right, bit by bit.</summary>
    static abstract TVector AndNot(TVector left, TVector right);

    /// <summary>left or right, bit by bit.</summary>
    static abstract TVector Or(TVector left, TVector right);

    /// <summary>set where the mask's bits are all set, clear where none is.</summary>
    static abstract TVector Select(TVector mask, TVector set, TVector clear);

    /// <summary>The bits of every lane moved towards the highest, zeros behind them.</summary>
    static abstract TVector ShiftLeft(TVector vector, int bits);

    /// <summary>e to the power of every lane, to the same bits at every width.</summary>
    static abstract TVector Exp(TVector exponent);

    /// <summary>The sum of all lanes.</summary>
    static abstract float Sum(TVector vector);
}
