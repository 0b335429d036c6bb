namespace Fovea.Imaging;

/// <summary>What a reader passes over in a file, for <see cref="Image.Notes"/>; the same only once.</summary>
internal sealed class ReadingNotes
{
    public const string EndIsMissing = "the end of the file is missing";
    public const string ColoursBeyondPalette = "colours beyond the palette are black";

    private readonly List<string> _lines = [];

    /// <summary>The lines. Texts of the file are never part of them, and their number does not depend on its length.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public void Add(string line)
    {
        if (!_lines.Contains(line))
            _lines.Add(line);
    }
}
