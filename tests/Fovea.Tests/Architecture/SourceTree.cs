using System.Text.RegularExpressions;

namespace Fovea.Tests.Architecture;

/// <summary>The source files as text: which folder declares which type, and which files name it.</summary>
internal sealed partial class SourceTree
{
    private readonly Dictionary<string, SourceFile> _files = [];
    private readonly Dictionary<string, List<SourceFile>> _declaring = [];

    /// <summary>Reads all files below a folder of the repository.</summary>
    public SourceTree(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(Root, path).Replace('\\', '/');
            if (relative.Contains("/obj/", StringComparison.Ordinal) || relative.Contains("/bin/", StringComparison.Ordinal))
                continue;
            string code = Hidden().Replace(File.ReadAllText(path), "");
            var file = new SourceFile(relative, Namespace().Match(code).Groups[1].Value, code, [.. Using().Matches(code).Select(match => match.Groups[1].Value)]);
            _files.Add(relative, file);
            foreach (Match match in Declaration().Matches(code))
                (_declaring.TryGetValue(match.Groups[1].Value, out List<SourceFile>? files) ? files : _declaring[match.Groups[1].Value] = []).Add(file);
        }
    }

    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = Find();

    public IEnumerable<SourceFile> Files => _files.Values;

    /// <summary>The files that declare what a file names, each with the name.</summary>
    public IEnumerable<(SourceFile File, string Name)> UsedBy(SourceFile file) =>
        Chain().Matches(file.Code).Select(match => match.Value).Distinct().SelectMany(chain => TypesIn(chain, file));

    /// <summary>The type at the front of names with points between: all that stands before it is its namespace, behind it are members.</summary>
    private IEnumerable<(SourceFile File, string Name)> TypesIn(string chain, SourceFile file)
    {
        string[] names = chain.Split('.');
        for (int i = 0; i < names.Length; i++)
        {
            string space = string.Join('.', names[..i]);
            SourceFile[] declaring = [.. Declaring(names[i], file, space)];
            if (declaring.Length > 0)
                return declaring.Select(other => (other, names[i]));
        }
        return [];
    }

    /// <summary>The nearest declarations that a name can mean in a file: those of its own namespace hide others.</summary>
    private IEnumerable<SourceFile> Declaring(string name, SourceFile file, string space)
    {
        if (!_declaring.TryGetValue(name, out List<SourceFile>? files))
            return [];
        if (space.Length > 0)
            return files.Where(other => other.Namespace == space || other.Namespace.EndsWith("." + space, StringComparison.Ordinal));
        SourceFile[] own = [.. files.Where(other => other.Namespace == file.Namespace)];
        return own.Length > 0 ? own
            : files.Where(other => file.Usings.Contains(other.Namespace) || file.Namespace.StartsWith(other.Namespace + ".", StringComparison.Ordinal));
    }

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Fovea.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new FileNotFoundException("Fovea.slnx");
    }

    // Comments and strings name what they like.
    [GeneratedRegex("//.*|\"(?:[^\"\\\\\n]|\\\\.)*\"")]
    private static partial Regex Hidden();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^using (?:static )?(Fovea[\w.]*);", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"^(?:public |internal )(?:(?:static|sealed|abstract|readonly|partial|unsafe|ref) )*(?:class|struct|record struct|record|interface|enum|delegate [\w<>\[\]., ?]+?) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    // Not what follows a point otherwise, which is a member.
    [GeneratedRegex(@"(?<![.\w])[A-Z]\w+(?:\.[A-Z]\w+)*")]
    private static partial Regex Chain();
}

/// <summary>A source file without its comments and strings.</summary>
internal sealed record SourceFile(string Path, string Namespace, string Code, HashSet<string> Usings)
{
    /// <summary>The first folder of the path below another, or "." for the folder's own files; null if it is elsewhere.</summary>
    public string? RoomIn(string folder) => !Path.StartsWith(folder + "/", StringComparison.Ordinal) ? null
        : Path[(folder.Length + 1)..].Split('/') is { Length: > 1 } parts ? parts[0] : ".";
}
