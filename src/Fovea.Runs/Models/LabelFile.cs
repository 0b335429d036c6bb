using System.Globalization;
using System.Text;
using Fovea.Data;

namespace Fovea.Runs.Models;

/// <summary>Names of classes as text: one a line in the order of the outputs, or <c>number,name</c> in any order.</summary>
public static class LabelFile
{
    private const int LongestFile = 1 << 24;

    /// <summary>Reads the names; those that are not unique get their numbers behind them.</summary>
    /// <exception cref="RunException">There is no such file, or it names no classes.</exception>
    public static string[] Read(string path)
    {
        if (!File.Exists(path))
            throw RunException.InvalidRequest($"--labels: there is no file {path}");
        string[] lines = Encoding.UTF8.GetString(InputFile.ReadGiven(path, LongestFile)).TrimStart('\uFEFF').TrimEnd().Split('\n', StringSplitOptions.TrimEntries);
        string[] names = Numbered(lines) ?? lines;
        if (Array.FindIndex(names, name => name.Length == 0 || name.Any(char.IsControl)) is >= 0 and var bad)
            throw RunException.InvalidRequest($"--labels {path}, line {bad + 1}: a name is text without control characters");
        var taken = new HashSet<string>();
        var repeated = names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        for (int i = 0; i < names.Length; i++)
            if (repeated.Contains(names[i]) && !taken.Add(names[i]))
                names[i] = string.Create(CultureInfo.InvariantCulture, $"{names[i]} ({i})");
        return names;
    }

    /// <summary>The names where every line begins with a number, all from 0 on; null otherwise.</summary>
    private static string[]? Numbered(string[] lines)
    {
        var names = new string?[lines.Length];
        foreach (string line in lines)
        {
            int comma = line.IndexOfAny([',', '\t', ' ', ':']);
            if (comma < 1 || !int.TryParse(line.AsSpan(0, comma), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number >= names.Length || names[number] is not null)
                return null;
            names[number] = line[(comma + 1)..].Trim();
        }
        return names!;
    }
}
