using System.CommandLine;

namespace Fovea.Cli;

/// <summary>Words of a command line that are neither a command nor an option: what was probably meant.</summary>
internal static class UnknownWords
{
    /// <summary>Refuses commands and options that do not exist. The parser would take a mistyped option for a data set.</summary>
    /// <param name="line">What was understood.</param>
    /// <param name="words">What was typed.</param>
    /// <exception cref="CommandException">There is such a word.</exception>
    public static void Refuse(ParseResult line, IReadOnlyList<string> words)
    {
        Command command = line.CommandResult.Command;
        string name = NameOf(command);
        int depth = Ancestry(command).Count() - 1;
        if (command.Subcommands.Count > 0 && words.Count > depth && !words[depth].StartsWith('-'))
            throw CommandException.Usage($"unknown command '{words[depth]}'{Nearest.Question(words[depth], command.Subcommands.Select(each => each.Name))}; see '{name} --help'");
        string[] known = [.. Options(command).SelectMany(option => option.Aliases.Append(option.Name))];
        foreach (string word in words.TakeWhile(word => word != "--").Where(word => word.Length > 2 && word[0] == '-'))
        {
            string option = word.Split('=', ':')[0];
            // One dash begins a value, such as -0.5, unless a second one would make it an option.
            if (!known.Contains(option) && (option.StartsWith("--", StringComparison.Ordinal) || known.Contains($"-{option}")))
                throw CommandException.Usage($"unknown option '{option}'{Nearest.Question(option, known)}; see '{name} --help'");
        }
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
