using System.Runtime.InteropServices;
using System.Text;
using Fovea.Cli;
using var interruption = new CancellationTokenSource();

if (OperatingSystem.IsWindows())
    Console.OutputEncoding = Encoding.UTF8;

Terminal terminal = Terminal.OfProcess(interruption.Token);

int seen = 0;

// The first signal asks a command that has something to save to end in good order; the same again ends the process, but
// for a terminal that is closed, which the shell and the system both tell of.
void Interrupt(PosixSignalContext signal)
{
    int bit = 1 << -(int)signal.Signal;
    bool isRepeated = (Interlocked.Or(ref seen, bit) & bit) != 0 && signal.Signal != PosixSignal.SIGHUP;
    signal.Cancel = terminal.EndsInGoodOrder && !isRepeated;
    interruption.Cancel();
}

// They hold until the process is gone: a signal that comes while it ends must not change its exit code. Where SIGHUP is
// ignored (nohup), it stays so.
PosixSignalRegistration[] registrations =
    [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP]).Select(signal => PosixSignalRegistration.Create(signal, Interrupt))];
int exitCode = FoveaApp.Run(args, terminal);
GC.KeepAlive(registrations);
return exitCode;
