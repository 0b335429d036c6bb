using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Fovea.Serialization;

/// <summary>Writes files that are there whole or not at all, whenever the process or the machine stops.</summary>
internal static class AtomicFile
{
    private const string Extension = ".tmp";

    /// <summary>
    /// Writes to a temporary file in the same folder, flushes it to the disk, and renames it over
    /// <paramref name="path"/>. If writing fails, what was there before stays and the temporary file goes.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"cannot write {path}: the folder {folder} does not exist");
        string temporary = $"{path}.{Environment.ProcessId}{Extension}";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes a text in UTF-8, as <see cref="Write"/> does.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Removes the temporary files of a folder whose processes ended before they were complete. What cannot be removed
    /// stays.
    /// </summary>
    public static void RemoveAbandoned(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*" + Extension))
        {
            string number = Path.GetExtension(Path.GetFileNameWithoutExtension(file));
            if (!int.TryParse(number.AsSpan(Math.Min(1, number.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                || WroteAndLives(process, file))
                continue;
            try
            {
                File.Delete(file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Untidy, but no reason not to work.
            }
        }
    }

    /// <summary>Whether the process runs that wrote the file. One with its number that started later is another.</summary>
    private static bool WroteAndLives(int number, string file)
    {
        try
        {
            using var process = Process.GetProcessById(number);
            return process.StartTime.ToUniversalTime() <= File.GetLastWriteTimeUtc(file);
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or NotSupportedException)
        {
            // It is there, or was a moment ago, and does not say since when.
            return true;
        }
    }
}
