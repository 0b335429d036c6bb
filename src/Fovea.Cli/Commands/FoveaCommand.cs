using System.CommandLine;
using Fovea.Cli.Rendering;
using Fovea.Runs;
using Fovea.Runs.Text;

namespace Fovea.Cli.Commands;

/// <summary>A command of <c>fovea</c>: its arguments and options, examples for the help, and what it does.</summary>
internal abstract class FoveaCommand : Command
{
    /// <summary>A command that runs on this terminal.</summary>
    protected FoveaCommand(string name, string description, Terminal terminal)
        : base(name, description)
    {
        Terminal = terminal;
        SetAction(line =>
        {
            using var progress = new TerminalProgress(terminal);
            return Execute(line, progress);
        });
    }

    /// <summary>Command lines to copy.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Headings for many options, each with the names of its options in order; none for few.</summary>
    public virtual IReadOnlyList<(string Heading, string[] Options)> Groups => [];

    /// <summary>Where results and messages go.</summary>
    protected Terminal Terminal { get; }

    /// <summary>Asks the command to end.</summary>
    protected CancellationToken Cancellation => Terminal.Cancellation;

    /// <summary>The command line as it can be typed again.</summary>
    protected string CommandLine => Format.Command(Terminal.Arguments);

    /// <summary>Does the work, shows how it goes, and returns the exit code.</summary>
    protected abstract int Execute(ParseResult line, IProgress<RunEvent> progress);
}
