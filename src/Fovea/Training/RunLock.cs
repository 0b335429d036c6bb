namespace Fovea.Training;

/// <summary>
/// The claim of one process on a run's folder: a file in it that is held open and locked, so that no two processes write
/// the same run. The claim ends when it is disposed, or with the process, however that ends.
/// </summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>The name of the file: <c>.lock</c>. It is there while a run goes on, and stays when a process is killed.</summary>
    public const string FileName = ".lock";

    // What a locked file is reported as: EAGAIN on Linux, on macOS and BSD, and a sharing violation on Windows.
    private static readonly int[] IsLocked = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Claims a folder, which is made if need be.</summary>
    /// <returns>The claim; null if another process, or another claim of this one, holds the folder.</returns>
    /// <exception cref="IOException">The folder cannot be made or written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be made or written to.</exception>
    public static RunLock? TryTake(string folder)
    {
        string path = Path.Combine(folder, FileName);
        while (true)
        {
            Directory.CreateDirectory(folder);
            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            }
            catch (IOException error) when (IsLocked.Contains(error.HResult))
            {
                return null;
            }
            catch (DirectoryNotFoundException) when (!Directory.Exists(folder) && !File.Exists(folder))
            {
                // Whoever had claimed it took the folder away again.
                continue;
            }
            if (IsStillAt(path, file))
                return new RunLock(file);
            file.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>
    /// Between opening and locking, the one who held the file may have removed it, and a third may have made another.
    /// A length that nobody else gives it tells whether the name still means this file.
    /// </summary>
    private static bool IsStillAt(string path, FileStream file)
    {
        if (OperatingSystem.IsWindows())
            return true;
        long mark = Random.Shared.Next(1, 1 << 16);
        file.SetLength(mark);
        var found = new FileInfo(path);
        return found.Exists && found.Length == mark;
    }
}
