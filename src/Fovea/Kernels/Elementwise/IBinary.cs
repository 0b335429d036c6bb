using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>Operands of a function of two numbers.</summary>
[Flags]
internal enum Operands
{
    None = 0,
    Left = 1,
    Right = 2,
    Both = Left | Right,
}

/// <summary>A function of two numbers and its gradients, written once for every vector width.</summary>
internal interface IBinary
{
    /// <summary>Whether the value and the gradients are finite wherever the operands are and nothing overflows; lanes and channels without a sample hold numbers that nobody asked for.</summary>
    static abstract bool IsFinite { get; }

    /// <summary>What <see cref="LeftGradient"/> looks at; the other operand is zeros.</summary>
    static abstract Operands LeftReads { get; }

    /// <summary>What <see cref="RightGradient"/> looks at; the other operand is zeros.</summary>
    static abstract Operands RightReads { get; }

    /// <summary>f(x, y).</summary>
    static abstract TVector Value<TSimd, TVector>(TVector x, TVector y)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>g · ∂f/∂x.</summary>
    static abstract TVector LeftGradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>g · ∂f/∂y.</summary>
    static abstract TVector RightGradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged;
}
