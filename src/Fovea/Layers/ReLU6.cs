using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>min(max(0, x), 6): the rectifier with a ceiling (Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010).</summary>
public sealed record ReLU6 : Activation
{
    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new ClampFunction(0, 6));
}
