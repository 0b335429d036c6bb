using System.Runtime.InteropServices;
using System.Text;
using Fovea.Cli;

if (OperatingSystem.IsWindows())
    Console.OutputEncoding = Encoding.UTF8;

using var interruption = new CancellationTokenSource();
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

using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using PosixSignalRegistration onTermination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
// Where it is ignored (nohup), it stays so.
using PosixSignalRegistration onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);
return FoveaApp.Run(args, terminal);
