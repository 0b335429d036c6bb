using BenchmarkDotNet.Running;
using Fovea.Benchmarks;

// `race THREADS SECONDS` times LeNet-5 as the peers' scripts do and prints one line a figure; `benchmarks/run` calls
// it in turn with them. Anything else goes to BenchmarkDotNet: `--filter '*Convolution*'`.
if (args is ["race", var threads, var seconds])
    LeNetRace.Run(int.Parse(threads, System.Globalization.CultureInfo.InvariantCulture), double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
else
    BenchmarkSwitcher.FromAssembly(typeof(LeNetRace).Assembly).Run(args);
