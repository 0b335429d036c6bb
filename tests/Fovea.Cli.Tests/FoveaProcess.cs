using System.Diagnostics;

namespace Fovea.Cli.Tests;

/// <summary>The command as a process of its own, under a shell that redirects what it is told to.</summary>
internal static class FoveaProcess
{
    /// <summary>Starts a command line; the shell's process becomes the command's.</summary>
    /// <param name="line">Words and redirections behind <c>fovea</c>, for a POSIX shell.</param>
    /// <param name="environment">Variables that it gets beside those of this process.</param>
    public static Process Start(string line, params (string Name, string Value)[] environment)
    {
        string command = Path.Combine(AppContext.BaseDirectory, "Fovea.Cli.dll");
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec {Environment.ProcessPath} exec {command} {line}"]);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs a command line to its end, and gives the exit code.</summary>
    public static int Run(string line, params (string Name, string Value)[] environment)
    {
        using Process process = Start(line, environment);
        return End(process);
    }

    /// <summary>Waits for the end.</summary>
    public static int End(Process process)
    {
        bool ended = process.WaitForExit(TimeSpan.FromMinutes(2));
        if (!ended)
            process.Kill();
        Assert.True(ended, "the command does not end");
        return process.ExitCode;
    }

    /// <summary>Sends a signal.</summary>
    public static void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until something has happened.</summary>
    public static void WaitFor(Func<bool> happened)
    {
        bool found = SpinWait.SpinUntil(
            () =>
            {
                Thread.Sleep(20);
                return happened();
            },
            TimeSpan.FromMinutes(1));
        Assert.True(found, "what was waited for did not happen");
    }
}
