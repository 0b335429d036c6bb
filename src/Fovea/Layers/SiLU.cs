using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>x / (1 + e⁻ˣ), also called swish (Elfwing, Uchibe and Doya, 2018).</summary>
public sealed record SiLU : Activation
{
    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new SiLUFunction());
}
