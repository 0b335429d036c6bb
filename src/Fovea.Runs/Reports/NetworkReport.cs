using Fovea.Networks;
using Fovea.Serialization;

namespace Fovea.Runs.Reports;

/// <summary>What <c>summary --json</c> prints.</summary>
public sealed record NetworkReport(
    string Name, int[] Input, int[] Output, IReadOnlyList<LayerReport> Layers, long Parameters, long TrainableParameters, long MultiplyAdds,
    long ParameterBytes, long ActivationBytes, IReadOnlyList<string>? Classes, IReadOnlyDictionary<string, string>? Info)
{
    /// <summary>The report of a network; of its model's classes, too, if it has one.</summary>
    public static NetworkReport Of(Network network, Model? model)
    {
        ArgumentNullException.ThrowIfNull(network);
        NetworkSummary summary = network.Summary();
        return new NetworkReport(
            summary.Name, summary.InputShape.ToArray(), network.OutputShape.ToArray(),
            [.. summary.Rows.Select(row => new LayerReport(row.Name, row.Layer, row.Settings, row.Inputs, row.OutputShape.ToArray(), row.Parameters, row.MultiplyAdds))],
            summary.Parameters, summary.Trainable, summary.MultiplyAdds, summary.ParameterBytes, summary.ActivationBytes, model?.ClassNames, model?.Info);
    }
}

/// <summary>One layer of a network; inputs are named if they are not just the layer before.</summary>
public sealed record LayerReport(
    string Name, string Layer, string Settings, IReadOnlyList<string> Inputs, int[] Output, long Parameters, long MultiplyAdds);
