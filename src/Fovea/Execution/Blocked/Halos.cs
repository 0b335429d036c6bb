using Fovea.Execution.Blocked.Gradients;
using Fovea.Execution.Blocked.Int8;
using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>
/// The frames of zeros that maps get, from the execution graph alone: convolutions want one around what they read and, for
/// their input's gradient, around what they write. Whoever reads or writes a value, its map has the widest frame that is wanted.
/// </summary>
internal static class Halos
{
    /// <summary>Pixels of the frame around every value that has one, as bytes and as floats.</summary>
    public static IReadOnlyDictionary<(int Value, bool IsBytes), int> Of(ExecutionGraph graph, ElementTypes types)
    {
        var halos = new Dictionary<(int Value, bool IsBytes), int>();
        foreach (FusionGroup group in graph.Groups)
        {
            // With another inside it, a convolution reads what never leaves the cache, and the other is 1 × 1. One with
            // connections of its own takes samples apart.
            if (group.Producer is not null || graph.Network.Nodes[group.Head].Layer is not Conv2d { Connections: null } conv)
                continue;
            bool isBytes = types.RunsInBytes(group);
            Shape input = graph.ShapeOf(group.Inputs[0]);
            Window window = conv.WindowFor(input);
            Require(group.Inputs[0], isBytes, isBytes && types.RunsByWinograd(group) ? QuantizedWinogradOperator.Halo(input) : BlockedTaps.Halo(window));
            if (graph.Options.HasGradients && group.Targets[0] != GradientTarget.None)
                Require(group.Last, isBytes, ConvolutionCost.TrainingTile(conv, input, graph.Options) > 0 ? WinogradInputGradient.Halo(window) : PixelClass.Halo(window));
        }
        return halos;

        void Require(int value, bool isBytes, int pixels) => halos[(value, isBytes)] = Math.Max(halos.GetValueOrDefault((value, isBytes)), pixels);
    }
}
