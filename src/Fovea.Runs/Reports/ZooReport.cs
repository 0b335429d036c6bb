using Fovea.Onnx.Zoo;

namespace Fovea.Runs.Reports;

/// <summary>What <c>zoo list --json</c> prints of a network: weights is <c>fetched</c>, <c>published</c> or <c>none</c>, and file where they lie if they were fetched.</summary>
public sealed record ZooReport(
    string Name, string Family, int Year, string Paper, string Link, int[] Input, long Parameters, long MultiplyAdds, string Weights, string? Origin, string? Url, string? File)
{
    /// <summary>The report of an entry.</summary>
    public static ZooReport Of(ZooEntry entry, ZooOptions options)
    {
        ArgumentNullException.ThrowIfNull(entry);
        string? file = ZooCatalog.Locate(entry.Name, options);
        return new ZooReport(
            entry.Name, entry.Family, entry.Year, entry.Paper, entry.Link.ToString(), entry.InputShape.ToArray(), entry.Parameters, entry.MultiplyAdds,
            file is not null ? "fetched" : entry.Weights is not null ? "published" : "none", entry.Weights?.Origin, entry.Weights?.Url.ToString(), file);
    }
}

/// <summary>What <c>zoo show --json</c> prints: the entry, and the layers of its preset if it has one.</summary>
public sealed record ZooNetworkReport(ZooReport Entry, NetworkReport? Network);
