using Fovea.Data;
using Fovea.Execution;
using Fovea.Networks;

namespace Fovea.Training;

/// <summary>A network that is ready to learn, and the batches that it learns from.</summary>
internal sealed class TrainingFeed : IDisposable
{
    /// <summary>Compiles the network, without its softmax where the loss has one, and starts loading.</summary>
    /// <exception cref="ArgumentException">Network and data do not match, or all parameters are frozen.</exception>
    public TrainingFeed(Network network, IDataset training, TrainingOptions options, Normalization? normalization)
    {
        Matching.Require(network, training);
        if (!network.Parameters.Any(parameter => parameter.Learns))
            throw new ArgumentException($"network '{network.Name}' has no parameters that are not frozen: nothing can be learned");
        Network trained = options.Loss.ExpectsLogits ? network.WithoutSoftmax() : network;
        int batchSize = Math.Min(options.BatchSize, training.Count);
        Plan = trained.Compile(PlanOptions.Training with { Batch = batchSize, Threads = options.Threads, Seed = options.Seed });
        var loader = new BatchLoader(training, batchSize, normalization, options.Seed, options.Augmenter, options.BalancedClasses);
        // Images that only wait in memory are loaded in passing; what takes time is done ahead, unless there is one thread.
        bool ahead = options.Threads > 1 && (loader.Augmenter is not null || !loader.IsInMemory);
        Batches = new BatchQueue(loader, trained.OutputShape.Length, ahead ? options.Threads : 0);
        BatchCount = options.DropLast ? Math.Max(1, loader.SampleCount / loader.BatchSize) : loader.BatchCount;
    }

    /// <summary>For training, in its mode.</summary>
    public Plan Plan { get; }

    /// <summary>The batches of an epoch, loaded ahead.</summary>
    public BatchQueue Batches { get; }

    /// <summary>How many of them make an epoch.</summary>
    public int BatchCount { get; }

    /// <summary>Ends the loading.</summary>
    public void Dispose() => Batches.Dispose();
}
