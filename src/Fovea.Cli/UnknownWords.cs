using System.CommandLine;
using Fovea.Cli.Commands;

namespace Fovea.Cli;

/// <summary>Words of a command line that are neither a command nor an option: what was probably meant.</summary>
internal static class UnknownWords
{
    /// <summary>Refuses commands and options that do not exist. The parser would take a mistyped option for a data set.</summary>
    /// <param name="line">What was understood.</param>
    /// <param name="words">What was typed.</param>
    /// <param name="commands">The names of all commands.</param>
    /// <exception cref="CommandException">There is such a word.</exception>
    public static void Refuse(ParseResult line, IReadOnlyList<string> words, IReadOnlyList<string> commands)
    {
        Command command = line.CommandResult.Command;
        string name = NameOf(command);
        if (words.Count > 0 && command is not FoveaCommand && command == line.RootCommandResult.Command && !words[0].StartsWith('-'))
            throw CommandException.Usage($"unknown command '{words[0]}'{Nearest.Question(words[0], commands)}; see '{name} --help'");
        string[] known = [.. Options(command).SelectMany(option => option.Aliases.Append(option.Name))];
        foreach (string word in words.TakeWhile(word => word != "--").Where(word => word.Length > 2 && word.StartsWith("--", StringComparison.Ordinal)))
            if (word.Split('=', ':')[0] is var option && !known.Contains(option))
                throw CommandException.Usage($"unknown option '{option}'{Nearest.Question(option, known)}; see '{name} --help'");
    }

    /// <summary>A command as it is typed: <c>fovea data get</c>.</summary>
    public static string NameOf(Command command) => string.Join(' ', Ancestry(command).Reverse().Select(each => each.Name));

    private static IEnumerable<Option> Options(Command command) =>
        Ancestry(command).SelectMany((each, depth) => each.Options.Where(option => depth == 0 || option.Recursive));

    private static IEnumerable<Command> Ancestry(Command? command)
    {
        for (; command is not null; command = command.Parents.OfType<Command>().FirstOrDefault())
            yield return command;
    }
}
