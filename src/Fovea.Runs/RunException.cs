namespace Fovea.Runs;

/// <summary>What was asked for cannot be done. The message is one line for the person who asked.</summary>
public sealed class RunException : Exception
{
    /// <summary>The work failed.</summary>
    public RunException(string message) : base(message) { }

    /// <summary>The work failed, because of another error.</summary>
    public RunException(string message, Exception inner) : base(message, inner) { }

    /// <summary>Whether the request made no sense, so that trying again will not help; otherwise something failed on the way.</summary>
    public bool IsInvalidRequest { get; private init; }

    /// <summary>The request makes no sense.</summary>
    public static RunException InvalidRequest(string message, Exception? inner = null) => new(message, inner!) { IsInvalidRequest = true };
}
