using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>What a gradient is computed from, beside the output's gradient.</summary>
internal enum GradientReads
{
    Input,
    Output,
    Both,
}

/// <summary>
/// A function of one number and its gradient, written once for every vector width. Layers' settings are the struct's
/// fields. The value must be finite wherever the input is: blocks of channels are filled up with numbers that nobody asked for.
/// </summary>
internal interface IElementwise
{
    /// <summary>What <see cref="Gradient"/> looks at; the other operand is zeros.</summary>
    static abstract GradientReads Reads { get; }

    /// <summary>f(x).</summary>
    TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>g · f′(x).</summary>
    /// <param name="x">The input.</param>
    /// <param name="y">f(x).</param>
    /// <param name="g">The output's gradient.</param>
    TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged;
}
