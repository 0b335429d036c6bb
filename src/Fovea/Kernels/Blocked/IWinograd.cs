using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// The five linear maps of a Winograd convolution with kernels of 3 along one axis: m outputs cost n = m + 2 products
/// instead of 3 · m. In two dimensions each is applied to the rows, then to the columns (see
/// <see cref="WinogradTransform"/>). Every method reads vectors <c>sourceStep</c> floats apart and writes vectors
/// <c>targetStep</c> floats apart; the lanes are channels.
/// </summary>
/// <remarks>
/// A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015. An output polynomial is found from its
/// values at n − 1 points and at infinity; which points is a matter of accuracy only.
/// </remarks>
internal unsafe interface IWinograd
{
    /// <summary>m: outputs of a tile along one axis.</summary>
    static abstract int Tile { get; }

    /// <summary>Bᵀ: n inputs to n values.</summary>
    static abstract void Input<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>Aᵀ: n products to m outputs.</summary>
    static abstract void Output<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>A: m gradients of outputs to n gradients of products.</summary>
    static abstract void Gradient<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>G: 3 weights to n values.</summary>
    static abstract void Weights<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>Gᵀ: n gradients to those of 3 weights.</summary>
    static abstract void WeightGradient<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged;
}
