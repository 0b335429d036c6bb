using System.CommandLine;

namespace Fovea.Cli.Commands;

/// <summary>A command of <c>fovea</c>: its arguments and options, examples for the help, and what it does.</summary>
internal abstract class FoveaCommand : Command
{
    /// <summary>A command that runs on this terminal.</summary>
    protected FoveaCommand(string name, string description, Terminal terminal)
        : base(name, description)
    {
        Terminal = terminal;
        SetAction(Execute);
    }

    /// <summary>Command lines to copy.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Headings for many options, each with the names of its options in order; none for few.</summary>
    public virtual IReadOnlyList<(string Heading, string[] Options)> Groups => [];

    /// <summary>Where results and messages go.</summary>
    protected Terminal Terminal { get; }

    /// <summary>Does the work and returns the exit code.</summary>
    protected abstract int Execute(ParseResult line);
}
