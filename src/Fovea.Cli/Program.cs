using System.Runtime.InteropServices;
using System.Text;
using Fovea.Cli;

if (OperatingSystem.IsWindows())
    Console.OutputEncoding = Encoding.UTF8;

using var interruption = new CancellationTokenSource();

// The first Ctrl-C asks the command to end in good order; the second one ends the process.
void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = !interruption.IsCancellationRequested;
    interruption.Cancel();
}

using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using PosixSignalRegistration onTermination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
return FoveaApp.Run(args, Terminal.OfProcess(interruption.Token));
