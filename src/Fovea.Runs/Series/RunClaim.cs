using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Series;

/// <summary>A folder that one run may write to, and no other meanwhile.</summary>
internal sealed class RunClaim : IDisposable
{
    private readonly RunLock _lock;
    private readonly IReadOnlyList<string> _made;

    private RunClaim(RunFolder folder, RunLock claim, IReadOnlyList<string> made) => (Folder, _lock, _made) = (folder, claim, made);

    /// <summary>The folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>Where it is.</summary>
    public string Path => Folder.Path;

    /// <summary>Claims the folder, or the same name with the first number behind it that nobody has taken.</summary>
    /// <exception cref="RunException">It cannot be made or written to.</exception>
    public static RunClaim Free(string path)
    {
        string free = path;
        for (int number = 2; ; number++)
        {
            // A run that began and ended since we looked has left its files.
            if (!System.IO.Path.Exists(free) && TryTake(free) is { } claim)
            {
                if (Directory.EnumerateFileSystemEntries(free).All(entry => System.IO.Path.GetFileName(entry) == RunLock.FileName))
                    return claim;
                claim.Dispose();
            }
            free = $"{path}-{number}";
        }
    }

    /// <summary>Claims a folder for a new run. What was trained before is never overwritten.</summary>
    /// <exception cref="RunException">There is a run, or one goes on there; or it cannot be made or written to.</exception>
    public static RunClaim New(string path)
    {
        RunClaim claim = TryTake(path) ?? throw new RunException($"another process trains in {path}; choose another --out");
        foreach (string file in (string[])["checkpoint.safetensors", "model.safetensors", SummaryFile.Name])
            if (File.Exists(System.IO.Path.Combine(path, file)))
            {
                claim.Dispose();
                throw new RunException($"{path} holds a run already ({file}); add --resume to go on with it, or choose another --out");
            }
        return claim;
    }

    /// <summary>Claims the folder of a run to go on with.</summary>
    /// <exception cref="RunException">The run goes on already; or the folder cannot be written to.</exception>
    public static RunClaim Existing(string path) =>
        TryTake(path) ?? throw new RunException($"the run in {path} goes on already, in another process; wait for its end or end it first");

    /// <summary>Ends the claim. Folders that it made go with it, unless something was written there.</summary>
    public void Dispose() => Release(_lock, _made);

    private static void Release(RunLock? claim, IReadOnlyList<string> made)
    {
        claim?.Dispose();
        try
        {
            foreach (string folder in made)
                Directory.Delete(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not empty: the usual end.
        }
    }

    private static RunClaim? TryTake(string path)
    {
        List<string> missing = [];
        for (string? folder = System.IO.Path.GetFullPath(path); folder is not null && !Directory.Exists(folder); folder = System.IO.Path.GetDirectoryName(folder))
            missing.Add(folder);
        RunLock? claim = null;
        try
        {
            claim = RunLock.TryTake(path);
            if (claim is null)
                return null;
            AtomicFile.RemoveAbandoned(path);
            return new RunClaim(RunFolder.Create(path), claim, missing);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Release(claim, missing);
            throw new RunException($"cannot write to {path}: {ErrorText.OneLine(error.Message)}; choose another --out", error);
        }
    }
}
