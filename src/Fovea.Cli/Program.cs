using System.Runtime.InteropServices;
using System.Text;
using Fovea.Cli;

if (OperatingSystem.IsWindows())
    Console.OutputEncoding = Encoding.UTF8;

using var interruption = new CancellationTokenSource();
Terminal terminal = Terminal.OfProcess(interruption.Token);

// The first Ctrl-C asks a command that has something to save to end in good order; otherwise it ends the process.
void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = terminal.EndsInGoodOrder && !interruption.IsCancellationRequested;
    interruption.Cancel();
}

using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using PosixSignalRegistration onTermination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
// A terminal that is closed says so; where it is ignored (nohup), it stays so.
using PosixSignalRegistration onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);
return FoveaApp.Run(args, terminal);
