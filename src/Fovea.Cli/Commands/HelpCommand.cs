using System.CommandLine;
using Fovea.Runs;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea help [COMMAND]</c>: the same as <c>fovea [COMMAND] --help</c>.</summary>
internal sealed class HelpCommand : FoveaCommand
{
    /// <summary>The command's name.</summary>
    public const string Word = "help";

    private readonly Argument<string[]> _command = new("COMMAND") { Description = "What to explain, such as train or data get (default: all commands in short)", Arity = ArgumentArity.ZeroOrMore };

    public HelpCommand(Terminal terminal)
        : base(Word, "Show the help of a command.", terminal) => Add(_command);

    public override IReadOnlyList<string> Examples => ["fovea help", "fovea help train", "fovea help data get"];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        Command command = line.RootCommandResult.Command;
        foreach (string word in line.GetValue(_command) ?? [])
            command = command.Subcommands.FirstOrDefault(each => each.Name == word)
                ?? throw CommandException.Usage($"unknown command '{word}'{Nearest.Question(word, command.Subcommands.Select(each => each.Name))}; see '{UnknownWords.NameOf(command)} --help'");
        IEnumerable<string> words = UnknownWords.NameOf(command).Split(' ').Skip(1);
        return line.RootCommandResult.Command.Parse([.. words, "--help"]).Invoke(line.InvocationConfiguration);
    }
}
