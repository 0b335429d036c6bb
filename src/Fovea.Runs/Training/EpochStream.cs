using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Fovea.Runs.Training;

/// <summary>Work that trains, as the epochs that it makes.</summary>
internal static class EpochStream
{
    /// <summary>
    /// Does the work in a thread of its own, and gives its epochs as they are made. Whoever stops reading asks the work to
    /// end, and waits for that. What the work throws is thrown behind the last epoch.
    /// </summary>
    /// <param name="context">What the work has around it.</param>
    /// <param name="work">Does it, with a context that is listened to.</param>
    /// <param name="cancellation">Asks the work to end, as the context's does.</param>
    public static async IAsyncEnumerable<EpochProgress> Of(RunContext context, Action<RunContext> work, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var epochs = Channel.CreateUnbounded<EpochProgress>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, context.Cancellation);
        RunContext heard = context with { Progress = new Tap(context.Progress, epochs.Writer), Cancellation = end.Token };
        var working = Task.Run(Work, CancellationToken.None);
        try
        {
            // Not to be cancelled: epochs that were made are given, and the work ends the channel.
            await foreach (EpochProgress epoch in epochs.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return epoch;
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await working.ConfigureAwait(false);
        }

        void Work()
        {
            try
            {
                work(heard);
            }
            finally
            {
                epochs.Writer.Complete();
            }
        }
    }

    /// <summary>Passes everything on, and epochs to a reader, too.</summary>
    private sealed class Tap(IProgress<RunEvent>? progress, ChannelWriter<EpochProgress> epochs) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            progress?.Report(value);
            if (value is EpochProgress epoch)
                epochs.TryWrite(epoch);
        }
    }
}
