namespace Fovea.Imaging;

/// <summary>Says what a file is that is no image: pages that a server sent instead of one, and what else lies in folders of images.</summary>
internal static class ForeignContent
{
    private const int Shown = 8, Looked = 512;

    private static readonly (string Begin, string What)[] Kinds =
    [
        ("%PDF", "a PDF document, not an image"),
        ("version https://git-lfs", "a Git LFS pointer, not the image itself, which 'git lfs pull' fetches"),
        ("<svg", "an SVG drawing, which has no pixels"),
        ("<!doctype html", "a web page, not an image"),
        ("<html", "a web page, not an image"),
        ("PK\u0003\u0004", "a zip archive, not an image"),
    ];

    /// <summary>In a few words.</summary>
    public static string Describe(ReadOnlySpan<byte> file)
    {
        Span<char> text = stackalloc char[Looked];
        text = text[..System.Text.Encoding.Latin1.GetChars(file[..Math.Min(file.Length, Looked)], text)];
        ReadOnlySpan<char> content = text.TrimStart();
        foreach ((string begin, string what) in Kinds)
            if (content.StartsWith(begin, StringComparison.OrdinalIgnoreCase))
                return what;
        if (content.StartsWith("<?xml", StringComparison.Ordinal))
            return content.Contains("<svg", StringComparison.OrdinalIgnoreCase) ? "an SVG drawing, which has no pixels" : "XML, not an image";
        return content.IndexOfAnyInRange('\0', '\u0008') < 0 && content.IndexOfAnyExceptInRange('\t', '~') < 0
            ? "text, not an image"
            : $"not an image that can be read; it begins with the bytes {Convert.ToHexString(file[..Math.Min(file.Length, Shown)])}";
    }
}
