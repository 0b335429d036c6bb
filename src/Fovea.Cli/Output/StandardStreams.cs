namespace Fovea.Cli.Output;

/// <summary>The standard streams of this process, and what stands in for those that it was started without (<c>2>&amp;-</c>).</summary>
internal static class StandardStreams
{
    private const int Input = 0, Output = 1, Error = 2, CloseOnExec = 0x80000;

    /// <summary>The standard input; empty if there is none.</summary>
    public static Stream OpenInput() => IsOpen(Input) ? Console.OpenStandardInput() : Stream.Null;

    /// <summary>The standard output; one that fails if there is none.</summary>
    public static TextWriter OpenOutput() => IsOpen(Output) ? Console.Out : new ClosedWriter();

    /// <summary>The standard error; what is written is dropped if there is none.</summary>
    public static TextWriter OpenError() => IsOpen(Error) ? Console.Error : TextWriter.Null;

    /// <summary>
    /// Whether the process was started with a stream of this number. If not, the runtime's own pipes have got the number
    /// by now, and must not be written to. They are closed on exec; what was handed over by an exec cannot be.
    /// </summary>
    private static bool IsOpen(int number)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        try
        {
            string? flags = File.ReadLines($"/proc/self/fdinfo/{number}").FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal));
            return flags is null || (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & CloseOnExec) == 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            // Without /proc nothing is known; a stream that is not there says so when it is used.
            return true;
        }
    }

    private sealed class ClosedWriter : TextWriter
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(char value) => throw new IOException("it is closed");
    }
}
