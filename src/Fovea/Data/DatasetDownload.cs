namespace Fovea.Data;

/// <summary>A file of a data set, and how to know it when it arrives.</summary>
/// <param name="FileName">What it is called where it is stored.</param>
/// <param name="Url">Where it comes from.</param>
/// <param name="Size">Its size in bytes; 0 if that is not known before.</param>
/// <param name="Sha256">The SHA-256 of its content, in hexadecimal: all 64 digits, or the first 8 or more if its publisher states only those.</param>
public sealed record DatasetDownload(string FileName, Uri Url, long Size, string Sha256);

/// <summary>How far a download has come.</summary>
/// <param name="FileName">Which file.</param>
/// <param name="Bytes">Bytes that are there, those of an earlier attempt included.</param>
/// <param name="Total">Bytes of the whole file.</param>
public readonly record struct DownloadProgress(string FileName, long Bytes, long Total);
