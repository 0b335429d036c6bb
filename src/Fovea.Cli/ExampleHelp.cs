using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Fovea.Cli.Commands;

namespace Fovea.Cli;

/// <summary>The usual help, and below it examples to copy.</summary>
/// <param name="rootExamples">Those of the command without a sub-command.</param>
internal sealed class ExampleHelp(IReadOnlyList<string> rootExamples) : SynchronousCommandLineAction
{
    private readonly HelpAction _usual = new();

    /// <summary>Errors in the rest of the line do not keep help from being shown.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = _usual.Invoke(parseResult);
        IReadOnlyList<string> examples = parseResult.CommandResult.Command is FoveaCommand command ? command.Examples : rootExamples;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}

/// <summary>Prints the version and nothing else.</summary>
internal sealed class ShowVersion : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Version version = typeof(ShowVersion).Assembly.GetName().Version!;
        parseResult.InvocationConfiguration.Output.WriteLine(version.ToString(fieldCount: 3));
        return ExitCode.Done;
    }
}
