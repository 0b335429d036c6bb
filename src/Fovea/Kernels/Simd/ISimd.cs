namespace Fovea.Kernels.Simd;

/// <summary>
/// A vector of floats as the kernels see it. A kernel is written once, generic over this interface, and the JIT makes
/// one version a width: the type parameters are structs, so that every call below becomes one instruction.
/// </summary>
internal unsafe interface ISimd<TSelf>
    where TSelf : unmanaged, ISimd<TSelf>
{
    /// <summary>How many floats lie in the lanes.</summary>
    static abstract int Count { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Load(float* source);

    static abstract void Store(TSelf vector, float* destination);

    static abstract TSelf Broadcast(float value);

    static abstract TSelf Add(TSelf left, TSelf right);

    static abstract TSelf Subtract(TSelf left, TSelf right);

    static abstract TSelf Multiply(TSelf left, TSelf right);

    /// <summary>left · right + addend, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>The larger of each pair; NaN if either is NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>All bits set where the pair is equal, none elsewhere.</summary>
    static abstract TSelf Equal(TSelf left, TSelf right);

    /// <summary>All bits set where left is greater, none elsewhere.</summary>
    static abstract TSelf Greater(TSelf left, TSelf right);

    /// <summary>left and right, bit by bit: keeps a value where a mask is set and makes it 0 elsewhere.</summary>
    static abstract TSelf And(TSelf left, TSelf right);

    /// <summary>left and not right, bit by bit.</summary>
    static abstract TSelf AndNot(TSelf left, TSelf right);

    /// <summary>left or right, bit by bit.</summary>
    static abstract TSelf Or(TSelf left, TSelf right);

    /// <summary>The sum of all lanes.</summary>
    static abstract float Sum(TSelf vector);
}
