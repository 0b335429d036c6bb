using Fovea.Data;
using Fovea.Training;

namespace Fovea.Runs;

/// <summary>
/// What happens while data are read, networks trained and models measured. Whoever wants to know hands over an
/// <see cref="IProgress{T}"/> of these, which may be told from several threads, and should return at once.
/// </summary>
public abstract record RunEvent
{
    private protected RunEvent()
    {
    }
}

/// <summary>A line for people. Names of files and classes in it are as they are: whoever shows it escapes them (<see cref="Printable"/>).</summary>
/// <param name="Kind">How much it matters.</param>
/// <param name="Text">The line, without a word for its kind.</param>
public sealed record RunMessage(MessageKind Kind, string Text) : RunEvent
{
    /// <summary>The line with a word for its kind before it, unless it is usual.</summary>
    public string Line => Kind == MessageKind.Information ? Text : $"{Kind.ToString().ToLowerInvariant()}: {Text}";
}

/// <summary>How much a message matters.</summary>
public enum MessageKind
{
    /// <summary>What is being done.</summary>
    Information,

    /// <summary>What is worth knowing.</summary>
    Note,

    /// <summary>What may make the result worse than it could be, or was not saved.</summary>
    Warning,
}

/// <summary>Images of a folder are being read.</summary>
/// <param name="Done">How many were read.</param>
/// <param name="Total">How many there are.</param>
public sealed record ReadingProgress(int Done, int Total) : RunEvent;

/// <summary>Features of images are being computed.</summary>
/// <param name="Done">How many vectors are done.</param>
/// <param name="Total">How many are computed.</param>
public sealed record FeatureProgress(int Done, int Total) : RunEvent;

/// <summary>A file is being downloaded.</summary>
/// <param name="Download">The file, and how far it has come; it is there when all its bytes are.</param>
public sealed record DownloadEvent(DownloadProgress Download) : RunEvent;

/// <summary>A run begins to train: from now on it looks at its cancellation, and saves a checkpoint before it ends.</summary>
/// <param name="Title">What the run is called among others; null if it is alone.</param>
public sealed record TrainingStarted(string? Title) : RunEvent;

/// <summary>A step was made. It is said from time to time, not after every step.</summary>
/// <param name="Title">What the run is called among others; null if it is alone.</param>
/// <param name="Batch">The step.</param>
/// <param name="ImagesPerSecond">The speed since the run began here; 0 before the second step.</param>
/// <param name="SecondsLeft">How long the rest will take at that speed; 0 before the second step.</param>
public sealed record BatchProgress(string? Title, BatchResult Batch, double ImagesPerSecond, double SecondsLeft) : RunEvent;

/// <summary>An epoch was made, and its checkpoint saved.</summary>
/// <param name="Title">What the run is called among others; null if it is alone.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="ImagesPerSecond">Its speed.</param>
public sealed record EpochProgress(string? Title, EpochResult Epoch, double ImagesPerSecond) : RunEvent;

/// <summary>A run trains no more; what it came to is measured next, unless it was cancelled.</summary>
/// <param name="Title">What the run is called among others; null if it is alone.</param>
/// <param name="End">Why.</param>
public sealed record TrainingEnded(string? Title, TrainingEnd End) : RunEvent;

/// <summary>Short words for messages.</summary>
internal static class RunEvents
{
    public static void Say(this IProgress<RunEvent>? progress, string text) => progress?.Report(new RunMessage(MessageKind.Information, text));

    public static void Note(this IProgress<RunEvent>? progress, string text) => progress?.Report(new RunMessage(MessageKind.Note, text));

    /// <summary>What a downloader reports to.</summary>
    public static Action<DownloadProgress>? OfDownloads(IProgress<RunEvent>? progress) => progress is null ? null : download => progress.Report(new DownloadEvent(download));

    public static void Warn(this IProgress<RunEvent>? progress, string text) => progress?.Report(new RunMessage(MessageKind.Warning, text));
}
