using System.CommandLine;

namespace Fovea.Cli.Options;

/// <summary>What may be asked of a run that goes on.</summary>
internal static class ResumeChecks
{
    /// <summary>Checks that an option, if it was given, says what the run does anyway.</summary>
    /// <exception cref="CommandException">It says something else.</exception>
    public static void RequireAgreement(ParseResult line, Option option, object? stored, string folder)
    {
        if (line.GetResult(option) is { Implicit: false } given && !Equals(given.GetValueOrDefault<object>(), stored))
            throw CommandException.Usage($"{string.Join(' ', given.Tokens.Select(token => token.Value).Prepend(option.Name))} conflicts with the run in {folder}, which has {stored ?? "the default"}; leave it out to go on with that run");
    }
}
