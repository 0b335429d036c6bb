using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Onnx.Lowering.Calls;

/// <summary>A node of the network to be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Layer">What it does.</param>
/// <param name="From">The nodes that it takes its inputs from.</param>
/// <param name="Shape">The shape of what it makes.</param>
/// <param name="Fills">What fills its parameters, by their names in the layer.</param>
internal sealed record PlannedNode(string Name, Layer Layer, string[] From, Shape Shape, IReadOnlyDictionary<string, ParameterFill> Fills);

/// <summary>Writes a parameter's values.</summary>
internal delegate void ParameterFill(Span<float> values);
