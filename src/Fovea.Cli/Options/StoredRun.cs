using System.CommandLine;

namespace Fovea.Cli.Options;

/// <summary>What may be asked of a run that goes on.</summary>
internal static class StoredRun
{
    /// <summary>Checks that an option, if it was given, says what the run does anyway.</summary>
    /// <exception cref="CommandException">It says something else.</exception>
    public static void RequireAgreement<T>(ParseResult line, Option<T> option, object? stored, string folder)
    {
        if (line.GetResult(option) is { Implicit: false } given && !Equals(line.GetValue(option), stored))
            throw CommandException.Usage($"{option.Name} {given.Tokens[0].Value} conflicts with the run in {folder}, which has {stored ?? "the default"}; leave it out to go on with that run");
    }
}
