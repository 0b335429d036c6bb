using Fovea.Runs.Evaluation;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Pages;

/// <summary>Writes a report to the disk.</summary>
public static class ReportFile
{
    /// <summary>Makes sure that there is a folder to write into, before work is done that could not be shown.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static void RequireFolder(string path, string option = "--report", string what = "the report")
    {
        if (Directory.Exists(path))
            throw new IOException($"{option} must name a file, got the folder {path}");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"there is no folder {folder} to write {what} {Path.GetFileName(path)} to");
    }

    /// <summary>Writes the page of the command that runs, and says where it is.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(
        string path, Model model, ModelEvaluation? evaluation, IReadOnlyList<EpochResult>? history, string command, IProgress<RunEvent>? progress, ModelEvaluation? viewed = null,
        IReadOnlyList<(double Epoch, double Rate)>? rates = null, IReadOnlyList<string>? dataNotes = null)
    {
        Write(path, ReportPage.Of(model, evaluation, history, command, viewed, rates, dataNotes));
        progress.Say($"report: {path}");
    }

    /// <summary>Writes a page.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, string page) => AtomicFile.WriteText(path, page);
}
