using System.Text;
using Fovea.Runs;

namespace Fovea.Cli.Output;

/// <summary>
/// Where messages go. One that cannot be written (a full disk, a terminal that was closed) is dropped: it must never end
/// the work that it tells of.
/// </summary>
internal sealed class MessageWriter(TextWriter inner) : GuardedWriter(inner)
{
    protected override void Guard<T>(Action<TextWriter, T> write, T value)
    {
        try
        {
            write(Inner, value);
        }
        catch (Exception error) when (IsFailure(error))
        {
            // The next message may get through.
        }
    }
}

/// <summary>
/// Where results go. That one cannot be written ends the command with one line, and is not taken for a fault of the file
/// that was being worked on.
/// </summary>
internal sealed class ResultWriter(TextWriter inner) : GuardedWriter(inner)
{
    protected override void Guard<T>(Action<TextWriter, T> write, T value)
    {
        try
        {
            write(Inner, value);
        }
        catch (Exception error) when (IsFailure(error))
        {
            throw new CommandException($"the results cannot be written to the standard output: {ErrorText.OneLine(error.Message)}", error);
        }
    }
}

/// <summary>A writer whose failures are dealt with in one place.</summary>
internal abstract class GuardedWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => Inner.Encoding;

    [System.Diagnostics.CodeAnalysis.AllowNull]
    public override string NewLine { get => Inner.NewLine; set => Inner.NewLine = value; }

    protected TextWriter Inner { get; } = inner;

    /// <summary>For messages.</summary>
    public static TextWriter OfMessages(TextWriter inner) => new MessageWriter(inner);

    /// <summary>For results.</summary>
    public static TextWriter OfResults(TextWriter inner) => new ResultWriter(inner);

    public override void Write(char value) => Guard(static (writer, value) => writer.Write(value), value);

    public override void Write(string? value) => Guard(static (writer, value) => writer.Write(value), value);

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine() => Guard(static (writer, _) => writer.WriteLine(), 0);

    public override void WriteLine(string? value) => Guard(static (writer, value) => writer.WriteLine(value), value);

    public override void Flush() => Guard(static (writer, _) => writer.Flush(), 0);

    /// <summary>Writes, and deals with a failure.</summary>
    protected abstract void Guard<T>(Action<TextWriter, T> write, T value);

    /// <summary>What a stream throws that cannot be written to; a closed one is reported as forbidden.</summary>
    protected static bool IsFailure(Exception error) => error is IOException or UnauthorizedAccessException or ObjectDisposedException;
}
