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
        TextWriter output = parseResult.InvocationConfiguration.Output;
        using var help = new StringWriter();
        parseResult.InvocationConfiguration.Output = help;
        int code = _usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        var command = parseResult.CommandResult.Command as FoveaCommand;
        output.Write(Grouped(help.ToString(), command?.Groups ?? []));
        output.WriteLine("Examples:");
        foreach (string example in command?.Examples ?? rootExamples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }

    /// <summary>The usual help with its options under several headings; an option begins with two spaces and a dash, and its text may go on.</summary>
    private static string Grouped(string help, IReadOnlyList<(string Heading, string[] Options)> groups)
    {
        if (groups.Count == 0)
            return help;
        List<string> lines = [.. help.Split(Environment.NewLine)];
        int first = lines.IndexOf("Options:") + 1, end = lines.FindIndex(first, line => line.Length == 0);
        var entries = new List<List<string>>();
        foreach (string line in lines[first..end])
            if (line.StartsWith("  -", StringComparison.Ordinal))
                entries.Add([line]);
            else
                entries[^1].Add(line);
        var text = new List<string>(lines[..(first - 1)]);
        foreach ((string heading, string[] options) in groups.Append(("Other options", [])))
        {
            List<List<string>> chosen = options.Length == 0 ? [.. entries] : [.. options.Select(option => entries.Find(entry => Names(entry, option))).OfType<List<string>>()];
            if (chosen.Count == 0)
                continue;
            entries.RemoveAll(chosen.Contains);
            text.AddRange([$"{heading}:", .. chosen.SelectMany(entry => entry), ""]);
        }
        return string.Join(Environment.NewLine, [.. text, .. lines[(end + 1)..]]);

        static bool Names(List<string> entry, string option) => entry[0].Split(' ', ',').Contains(option);
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
