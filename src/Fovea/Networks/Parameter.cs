using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks;

/// <summary>A parameter of a network: its values and where they belong.</summary>
public sealed class Parameter
{
    internal Parameter(string name, ParameterSpec spec)
    {
        Name = name;
        Spec = spec;
        Value = new Tensor(spec.Shape);
    }

    /// <summary>PyTorch's full name: <c>conv1.weight</c>.</summary>
    public string Name { get; }

    /// <summary>What the layer asked for.</summary>
    public ParameterSpec Spec { get; }

    /// <summary>The values; training changes them in place.</summary>
    public Tensor Value { get; }

    /// <summary>Whether gradients change it.</summary>
    public bool IsTrainable => Spec.Role != ParameterRole.Buffer;

    /// <summary>
    /// Whether training leaves it as it is, gradients and running statistics alike; see <see cref="Freezing"/>. Plans
    /// look at it when they are compiled. It is no part of a saved model.
    /// </summary>
    public bool IsFrozen { get; set; }

    /// <summary>Whether training moves it.</summary>
    internal bool Learns => IsTrainable && !IsFrozen;
}
