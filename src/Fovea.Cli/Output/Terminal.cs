using System.CommandLine;
using Fovea.Cli.Output;
using Spectre.Console;

namespace Fovea.Cli;

/// <summary>
/// What a command has of the outside world: results go to <see cref="Out"/>, progress and messages to
/// <see cref="Error"/>. Both can be written to by the methods here only, which escape what is not meant to be seen, since
/// texts come from files. Tests put writers of their own here and run commands in-process.
/// </summary>
internal sealed class Terminal
{
    // Where nobody looks at the width, lines are not broken.
    private const int WidthOfFiles = 10_000;

    private IAnsiConsole? _results;
    private IAnsiConsole? _messages;

    /// <summary>Where results go. That they cannot be written is a <see cref="CommandException"/>.</summary>
    public required TextWriter Out { private get; init => field = GuardedWriter.OfResults(value); }

    /// <summary>Where progress, messages and errors go. What cannot be written is dropped.</summary>
    public required TextWriter Error { private get; init => field = GuardedWriter.OfMessages(value); }

    /// <summary>Opens the standard input.</summary>
    public Func<Stream> OpenInput { get; init; } = () => Stream.Null;

    /// <summary>Whether a person looks at <see cref="Out"/>: colours and bars are welcome.</summary>
    public bool ShowsResults { get; init; }

    /// <summary>Whether a person looks at <see cref="Error"/>: progress may be redrawn in place.</summary>
    public bool ShowsMessages { get; init; }

    /// <summary>Asks the command to end in good order.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Whether the command looks at <see cref="Cancellation"/> now, and has something to save before it ends.</summary>
    public bool EndsInGoodOrder { get; set; }

    /// <summary>The words of the command line that runs, without the command's own name.</summary>
    public IReadOnlyList<string> Arguments { get; set; } = [];

    /// <summary>Whether errors come with their stack trace.</summary>
    public bool Trace { get; set; }

    /// <summary><see cref="Out"/> for tables and colours; created when first needed, as that takes time.</summary>
    public IAnsiConsole Results => _results ??= Console(Out, ShowsResults);

    /// <summary><see cref="Error"/> for progress.</summary>
    public IAnsiConsole Messages => _messages ??= Console(Error, ShowsMessages);

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess(CancellationToken cancellation) => new()
    {
        Out = StandardStreams.OpenOutput(),
        Error = StandardStreams.OpenError(),
        OpenInput = StandardStreams.OpenInput,
        ShowsResults = !System.Console.IsOutputRedirected,
        ShowsMessages = !System.Console.IsErrorRedirected,
        Cancellation = cancellation,
        Trace = Environment.GetEnvironmentVariable("FOVEA_TRACE") is "1" or "true",
    };

    /// <summary>What the parser of command lines writes its help to.</summary>
    public InvocationConfiguration ForParser() => new()
    {
        Output = Out,
        Error = Error,
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    };

    /// <summary>Prints a line of the result.</summary>
    public void Print(string line = "") => Out.WriteLine(Printable.Escape(line));

    /// <summary>Prints a text of several lines as a result.</summary>
    public void PrintLines(string text) =>
        Out.WriteLine(string.Join('\n', text.TrimEnd('\r', '\n').Split('\n').Select(line => Printable.Escape(line.TrimEnd('\r')))));

    /// <summary>Says something that is not a result, in one line.</summary>
    public void Say(string message) => Error.WriteLine(Printable.Escape(message));

    /// <summary>Writes over the line of messages that the cursor is in.</summary>
    public void Redraw(string line) => Error.Write($"\r{Printable.Escape(line)}");

    private static IAnsiConsole Console(TextWriter writer, bool shown)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = shown ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = shown ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = shown ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!shown)
            console.Profile.Width = WidthOfFiles;
        return console;
    }
}
