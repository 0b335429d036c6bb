using System.Text.RegularExpressions;

namespace Fovea.Tests.Architecture;

/// <summary><c>docs/architecture.md</c> declares which folder may use which, and where <c>unsafe</c> stands; the sources keep to it.</summary>
public partial class FolderOrderTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs/architecture.md"));

    /// <summary>Folder by folder, the groups of its subfolders: each may use those before its own.</summary>
    private static readonly Dictionary<string, string[][]> Orders = Order().Matches(Page).ToDictionary(
        match => match.Groups[1].Value,
        match => match.Groups[2].Value.Split('←').Select(group => group.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray());

    private static readonly SourceTree Sources = new("src");

    [Fact]
    public void Every_folder_with_folders_has_an_order_of_all_of_them()
    {
        var rooms = new Dictionary<string, HashSet<string>>();
        foreach (SourceFile file in Sources.Files)
            for (string folder = Path.GetDirectoryName(file.Path)!.Replace('\\', '/'), room = "."; folder.Contains('/', StringComparison.Ordinal); folder = folder[..folder.LastIndexOf('/')])
            {
                (rooms.TryGetValue(folder, out HashSet<string>? known) ? known : rooms[folder] = []).Add(room);
                room = folder[(folder.LastIndexOf('/') + 1)..];
            }
        KeyValuePair<string, HashSet<string>>[] nested = [.. rooms.Where(pair => pair.Value.Count > 1)];
        Assert.Equal(nested.Select(pair => pair.Key).Order(), Orders.Keys.Order());
        foreach ((string folder, HashSet<string> inside) in nested)
            Assert.Equal(inside.Order(), Orders[folder].SelectMany(group => group).Order());
    }

    [Fact]
    public void Nobody_uses_what_lies_higher()
    {
        List<string> wrong = [];
        foreach ((string folder, string[][] groups) in Orders)
            foreach (SourceFile file in Sources.Files)
                if (file.RoomIn(folder) is { } room)
                    wrong.AddRange(Sources.UsedBy(file)
                        .Where(used => used.File.RoomIn(folder) is { } other && other != room && Rank(groups, other) >= Rank(groups, room))
                        .Select(used => $"{file.Path} uses {used.Name} of {used.File.Path}"));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Distinct()));
    }

    [Fact]
    public void Unsafe_code_stands_where_the_page_says_alone()
    {
        string[] allowed = [.. UnsafeFolder().Matches(Page).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(allowed);
        string[] files = [.. Sources.Files.Where(file => UnsafeWord().IsMatch(file.Code)).Select(file => file.Path)];
        Assert.DoesNotContain(files, file => !allowed.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)));
        Assert.All(allowed, folder => Assert.Contains(files, file => file.StartsWith(folder, StringComparison.Ordinal)));
    }

    private static int Rank(string[][] groups, string room) => Array.FindIndex(groups, group => group.Contains(room));

    [GeneratedRegex(@"^(src/[\w./]+): (.+)$", RegexOptions.Multiline)]
    private static partial Regex Order();

    [GeneratedRegex(@"^\| `(src/[\w./]+)` \| unsafe", RegexOptions.Multiline)]
    private static partial Regex UnsafeFolder();

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex UnsafeWord();
}
