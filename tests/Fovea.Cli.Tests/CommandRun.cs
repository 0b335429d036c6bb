using System.Text;
using System.Text.Json;

namespace Fovea.Cli.Tests;

/// <summary>What a command line printed and ended with; it ran in this process.</summary>
internal sealed record CommandRun(int Code, string Out, string Error)
{
    /// <summary>The messages, one a line.</summary>
    public string[] Messages => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a command line.</summary>
    public static CommandRun Of(params string[] args) => Run(args, null);

    /// <summary>Runs a command line with something on the standard input.</summary>
    public static CommandRun WithInput(byte[] input, params string[] args) => Run(args, input);

    /// <summary>Runs a command line that is interrupted once a message contains a text.</summary>
    public static CommandRun InterruptedAt(string text, params string[] args)
    {
        using var interruption = new CancellationTokenSource();
        return Run(args, null, new Watcher(text, interruption.Cancel), interruption.Token);
    }

    /// <summary>The standard output, which must be one JSON value and nothing else.</summary>
    public JsonElement Json()
    {
        using var document = JsonDocument.Parse(Out);
        return document.RootElement.Clone();
    }

    /// <summary>Requires success.</summary>
    public CommandRun Succeeds()
    {
        Assert.True(Code == ExitCode.Done, $"exit code {Code}: {Error}");
        return this;
    }

    /// <summary>Requires an exit code and exactly one line, the error, with nothing on the standard output.</summary>
    public void FailsWith(int code, params string[] fragments)
    {
        Assert.Equal(code, Code);
        Assert.Empty(Out);
        string line = Assert.Single(Messages, message => message.StartsWith("error: ", StringComparison.Ordinal));
        Assert.Equal(line, Messages[^1]);
        Assert.DoesNotContain("   at ", Error);
        foreach (string fragment in fragments)
            Assert.Contains(fragment, line);
    }

    private static CommandRun Run(string[] args, byte[]? input, StringWriter? error = null, CancellationToken cancellation = default)
    {
        error ??= new StringWriter();
        using var output = new StringWriter();
        using (error)
        {
            int code = FoveaApp.Run(args, new Terminal
            {
                Out = output,
                Error = error,
                OpenInput = () => new MemoryStream(input ?? []),
                Cancellation = cancellation,
            });
            return new CommandRun(code, output.ToString(), error.ToString());
        }
    }

    private sealed class Watcher(string text, Action found) : StringWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
                found();
        }
    }
}
