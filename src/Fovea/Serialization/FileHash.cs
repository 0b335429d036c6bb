using System.Globalization;
using System.Text;

namespace Fovea.Serialization;

/// <summary>
/// The hash that models and checkpoints carry in their metadata, so that a flipped bit is noticed: XXH64 of the whole
/// file, in which the hash's own digits count as zeros, and the file's length. A program that writes the tensors anew
/// and copies the metadata makes a file of another length: to such a file the hash does not apply.
/// </summary>
internal static class FileHash
{
    /// <summary>The key in the metadata.</summary>
    public const string Key = "fovea.hash";

    /// <summary>The value until the file is known: 16 digits of the hash, 12 of the length.</summary>
    public const string Placeholder = "0000000000000000-000000000000";

    private const int Digits = 16;
    private static readonly byte[] Before = Encoding.ASCII.GetBytes($"\"{Key}\":\"");

    /// <summary>Where the value stands in a header that was just written with the placeholder.</summary>
    public static int Find(ReadOnlySpan<byte> header) => header.IndexOf(Before) + Before.Length;

    /// <summary>Writes a value over the placeholder, or a length alone.</summary>
    public static void Fill(Span<byte> value, ulong hash, long length) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{hash:x16}-{length:x12}"), value);

    /// <summary>Checks a file against the hash in its header.</summary>
    /// <param name="file">All of it.</param>
    /// <param name="headerEnd">Where its header ends.</param>
    /// <param name="stored">The value in its metadata.</param>
    /// <exception cref="ModelFormatException">The file is of the stored length, but not of the stored hash.</exception>
    public static void Check(ReadOnlySpan<byte> file, int headerEnd, string stored)
    {
        int at = file[..headerEnd].IndexOf(Before) + Before.Length;
        if (at < Before.Length || stored.Length != Placeholder.Length
            || !long.TryParse(stored.AsSpan(Digits + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long length) || length != file.Length)
            return;
        var hash = new XxHash64();
        hash.Append(file[..at]);
        hash.Append(Encoding.ASCII.GetBytes(Placeholder.AsSpan(0, Digits).ToString()));
        hash.Append(file[(at + Digits)..]);
        if (!stored.StartsWith(hash.Value.ToString("x16", CultureInfo.InvariantCulture), StringComparison.Ordinal))
            throw new ModelFormatException("the file is damaged: its bytes are not those that were written, by the hash stored with them; use another copy of it");
    }
}
