using System.Globalization;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks;

/// <summary>One node of a <see cref="NetworkSummary"/>.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Layer">The layer's name: <c>Conv2d</c>.</param>
/// <param name="Settings">Its hyper-parameters in words, defaults left out: <c>inChannels: 1, outChannels: 6, kernelSize: 5</c>.</param>
/// <param name="Inputs">Where its inputs come from, if not from the node before; empty otherwise.</param>
/// <param name="OutputShape">The shape of one output sample.</param>
/// <param name="Parameters">How many numbers it stores.</param>
/// <param name="Trainable">How many of them gradients change.</param>
/// <param name="MultiplyAdds">Multiply-adds for one sample.</param>
public sealed record SummaryRow(
    string Name, string Layer, string Settings, IReadOnlyList<string> Inputs, Shape OutputShape, long Parameters, long Trainable, long MultiplyAdds)
{
    /// <summary>The layer as C# would make it, and its inputs: <c>Add() ← left, right</c>.</summary>
    public string Words => $"{Layer}({Settings}){(Inputs.Count == 0 ? "" : $" ← {string.Join(", ", Inputs)}")}";
}

/// <summary>What a network consists of and costs: a row a node, and the totals.</summary>
public sealed class NetworkSummary
{
    internal NetworkSummary(Network network)
    {
        Name = network.Name;
        InputShape = network.InputShape;
        Rows = [.. network.Nodes.Select((node, index) => Row(network, node, index))];
        Parameters = Rows.Sum(row => row.Parameters);
        Trainable = Rows.Sum(row => row.Trainable);
        MultiplyAdds = Rows.Sum(row => row.MultiplyAdds);
        ParameterBytes = Parameters * sizeof(float);
        ActivationBytes = (InputShape.Length + Rows.Sum(row => (long)row.OutputShape.Length)) * sizeof(float);
    }

    /// <summary>The network's name.</summary>
    public string Name { get; }

    /// <summary>The shape of one input sample.</summary>
    public Shape InputShape { get; }

    /// <summary>The nodes in order.</summary>
    public IReadOnlyList<SummaryRow> Rows { get; }

    /// <summary>All numbers that the network stores.</summary>
    public long Parameters { get; }

    /// <summary>Those of them that gradients change.</summary>
    public long Trainable { get; }

    /// <summary>Multiply-adds for one sample.</summary>
    public long MultiplyAdds { get; }

    /// <summary>Bytes of all parameters.</summary>
    public long ParameterBytes { get; }

    /// <summary>Bytes of one sample's input and activations, if all are kept.</summary>
    public long ActivationBytes { get; }

    /// <summary>Writes the summary as a plain table.</summary>
    public void WriteTo(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        string[][] cells =
        [
            ["node", "layer", "output", "parameters", "multiply-adds"],
            [NetworkBuilder.Input, "", InputShape.ToString(), "", ""],
            .. Rows.Select(row => new[] { row.Name, row.Words, row.OutputShape.ToString(), Count(row.Parameters), Count(row.MultiplyAdds) }),
            ["total", "", "", Count(Parameters), Count(MultiplyAdds)],
        ];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => row[column].Length))];
        foreach (string[] row in cells)
            writer.Write(string.Join("  ", row.Select((cell, column) => column < 3 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd() + "\n");
        writer.Write($"{Count(Trainable)} trainable; {Bytes(ParameterBytes)} of parameters, {Bytes(ActivationBytes)} of activations a sample\n");
    }

    /// <summary>The plain table.</summary>
    public override string ToString()
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        WriteTo(writer);
        return writer.ToString();
    }

    private static SummaryRow Row(Network network, Node node, int index)
    {
        Shape[] inputs = [.. node.Inputs.Select(input => input < 0 ? network.InputShape : network.Nodes[input].OutputShape)];
        return new SummaryRow(
            node.Name, node.Layer.GetType().Name, LayerTable.WordsOf(node.Layer),
            node.Inputs.Count == 1 && node.Inputs[0] == index - 1
                ? []
                : [.. node.Inputs.Select(input => input < 0 ? NetworkBuilder.Input : network.Nodes[input].Name)],
            node.OutputShape,
            node.Parameters.Sum(parameter => (long)parameter.Value.Length),
            node.Parameters.Where(parameter => parameter.IsTrainable).Sum(parameter => (long)parameter.Value.Length),
            node.Layer.MultiplyAdds(inputs));
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Bytes(long bytes) => bytes < 1024 * 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024.0):0.#} MiB");
}

/// <summary>The short form of summing up.</summary>
public static class SummaryExtensions
{
    /// <summary>What the network consists of and costs.</summary>
    public static NetworkSummary Summary(this Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new NetworkSummary(network);
    }
}
