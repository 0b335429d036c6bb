using Fovea.Training;

namespace Fovea.Cli.Running;

/// <summary>Folders for new runs.</summary>
internal static class NewRun
{
    /// <summary>The folder, or with the first number behind it that is not taken.</summary>
    public static string FreeFolder(string path)
    {
        string free = path;
        for (int number = 2; Path.Exists(free); number++)
            free = $"{path}-{number}";
        return free;
    }

    /// <summary>What was trained before is never overwritten.</summary>
    /// <exception cref="CommandException">There is a run.</exception>
    public static void RequireNone(string path)
    {
        foreach (string file in (string[])["checkpoint.safetensors", "model.safetensors", SummaryFile.Name])
            if (File.Exists(Path.Combine(path, file)))
                throw new CommandException($"{path} holds a run already ({file}); add --resume to go on with it, or choose another --out");
    }

    /// <summary>Makes the folder, unless it is there.</summary>
    /// <exception cref="CommandException">It cannot be made or written to.</exception>
    public static RunFolder Create(string path)
    {
        try
        {
            return RunFolder.Create(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot write to {path}: {FoveaApp.OneLine(error.Message)}; choose another --out", error);
        }
    }
}
