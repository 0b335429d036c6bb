namespace Fovea.Cli;

/// <summary>The command cannot do what it was asked to. The message is one line for the person who asked.</summary>
internal sealed class CommandException : Exception
{
    /// <summary>The work failed: <see cref="ExitCode.Failed"/>.</summary>
    public CommandException(string message) : base(message) { }

    /// <summary>The work failed, because of another error.</summary>
    public CommandException(string message, Exception inner) : base(message, inner) { }

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; private init; } = Cli.ExitCode.Failed;

    /// <summary>The command was called wrongly: <see cref="ExitCode.WrongUsage"/>.</summary>
    public static CommandException Usage(string message, Exception? inner = null) =>
        new(message, inner!) { ExitCode = Cli.ExitCode.WrongUsage };
}

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>All was done.</summary>
    public const int Done = 0;

    /// <summary>Something failed or was interrupted.</summary>
    public const int Failed = 1;

    /// <summary>The command line made no sense.</summary>
    public const int WrongUsage = 2;
}
