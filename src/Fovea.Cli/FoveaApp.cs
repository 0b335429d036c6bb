using System.CommandLine;
using System.CommandLine.Help;
using Fovea.Cli.Commands;
using Fovea.Cli.Options;
using Fovea.Data;
using Fovea.Imaging;
using Fovea.Runs;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Cli;

/// <summary>The <c>fovea</c> command: parses, runs, and turns errors into one line and an exit code.</summary>
internal static class FoveaApp
{
    private static readonly string[] Examples =
    [
        "fovea train digits",
        "fovea predict runs/digits-lenet5/model.safetensors image.png",
        "fovea summary lenet5",
    ];

    private static readonly (string Name, Func<Terminal, Command> Make)[] Commands =
    [
        ("train", terminal => new TrainCommand(terminal)),
        ("recipes", terminal => new RecipesCommand(terminal)),
        ("find-lr", terminal => new FindRateCommand(terminal)),
        ("evaluate", terminal => new EvaluateCommand(terminal)),
        ("compare", terminal => new CompareCommand(terminal)),
        ("predict", terminal => new PredictCommand(terminal)),
        ("summary", terminal => new SummaryCommand(terminal)),
        ("quantize", terminal => new QuantizeCommand(terminal)),
        ("import", terminal => new ImportCommand(terminal)),
        ("export", terminal => new ExportCommand(terminal)),
        ("filter", terminal => new FilterCommand(terminal)),
        ("data", terminal => new DataCommand(terminal)),
        (HelpCommand.Word, terminal => new HelpCommand(terminal)),
    ];

    /// <summary>Runs a command line and returns the exit code.</summary>
    public static int Run(IReadOnlyList<string> args, Terminal terminal)
    {
        try
        {
            terminal.Arguments = args;
            if (Environment.GetEnvironmentVariable("FOVEA_SIMD") is not (null or "" or "512" or "256" or "128" or "32") and var width)
                throw CommandException.Usage($"FOVEA_SIMD must be 512, 256, 128 or 32, got {Printable.Escape(width)}");
            ParseResult line = RecipeOption.Complete(Root(args, terminal).Parse(args), args);
            terminal.Trace |= line.GetValue(CommonOptions.Trace);
            // The name alone is answered by the help, too, but only if nothing is wrong.
            if (line.Action is not (ExampleHelp or ShowVersion) || line.Action == line.RootCommandResult.Command.Action)
            {
                UnknownWords.Refuse(line, args);
                if (line.Errors.Count > 0)
                    throw CommandException.Usage(Explain(line));
            }
            return line.Invoke(terminal.ForParser());
        }
        catch (Exception error)
        {
            terminal.Say($"error: {Explain(error, terminal)}");
            if (terminal.Trace)
                foreach (string traced in error.ToString().Split('\n'))
                    terminal.Say($"  {traced.TrimEnd('\r')}");
            return error switch
            {
                CommandException { ExitCode: var code } => code,
                RunException { IsInvalidRequest: true } => ExitCode.WrongUsage,
                _ => ExitCode.Failed,
            };
        }
    }

    /// <summary>With the command that the line begins with, or with all of them: making the options of each takes its time.</summary>
    private static Command Root(IReadOnlyList<string> args, Terminal terminal)
    {
        var root = new Command("fovea", "Convolutional neural networks: train image classifiers, use them, and see what they do.")
        {
            new HelpOption { Action = new ExampleHelp(Examples) },
            new VersionOption { Action = new ShowVersion() },
            CommonOptions.Trace,
        };
        int named = args.Count == 0 || args[0] == HelpCommand.Word ? -1 : Array.FindIndex(Commands, command => command.Name == args[0]);
        for (int i = 0; i < Commands.Length; i++)
            if (named < 0 || i == named)
                root.Add(Commands[i].Make(terminal));
        // Who types the name alone wants to know what there is.
        root.Action = new ExampleHelp(Examples);
        return root;
    }

    /// <summary>Options explain themselves; what the parser says by itself, in capitals, does not say what would be right.</summary>
    private static string Explain(ParseResult line)
    {
        string message = line.Errors[0].Message;
        if (!char.IsUpper(message[0]))
            return message;
        Command command = line.CommandResult.Command;
        string name = UnknownWords.NameOf(command);
        Argument[] missing = [.. command.Arguments.Where(argument => (line.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MinimumNumberOfValues)];
        if (missing.Length == 0)
            return $"{ErrorText.OneLine(message)}; see '{name} --help'";
        string usage = string.Join(' ', command.Arguments.Select(argument => argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name}..." : argument.Name));
        return $"{string.Join(" and ", missing.Select(argument => argument.Name))} {(missing.Length == 1 ? "is" : "are")} missing, as in '{name} {usage}'; see '{name} --help'";
    }

    private static string Explain(Exception error, Terminal terminal) => error switch
    {
        CommandException or RunException or DatasetNotFoundException or DataFormatException or DownloadException or ModelFormatException
            or ImageFormatException or TrainingDivergedException or NotFiniteNumberException or IOException or UnauthorizedAccessException => ErrorText.OneLine(error.Message),
        ArgumentException => ErrorText.OneLine(error.Message),
        OperationCanceledException => "interrupted",
        OutOfMemoryException => "there is not enough memory; try fewer samples (--limit), a smaller input or a smaller batch",
        _ => $"{ErrorText.OneLine(error.Message)}{(terminal.Trace ? "" : " (FOVEA_TRACE=1 shows where)")}",
    };
}
