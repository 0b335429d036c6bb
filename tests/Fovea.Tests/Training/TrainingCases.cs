using Fovea.Data;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Tests.Training;

/// <summary>Small networks and what is asked of every way to train them.</summary>
internal static class TrainingCases
{
    /// <summary>Convolution, batch normalisation if asked for, pooling, dropout if asked for, linear.</summary>
    public static Network Small(ulong seed, bool normalized = true, bool dropout = true)
    {
        var builder = new NetworkBuilder(new Shape(1, 28, 28));
        builder.Add(new Conv2d(1, 4, 5, stride: 2));
        if (normalized)
            builder.Add(new BatchNorm2d(4));
        builder.Add(new ReLU()).Add(new MaxPool2d(2));
        if (dropout)
            builder.Add(new Dropout2d(0.1));
        return builder.Add(new Flatten()).Add(new Linear(4 * 6 * 6, 10)).Build(seed);
    }

    /// <summary>All parameters, one behind the other.</summary>
    public static float[] Weights(Network network) => [.. network.Parameters.SelectMany(parameter => parameter.Value.Span.ToArray())];

    /// <summary>
    /// A run that is cancelled after some batches, saved, read again and resumed ends with the bits and the history of
    /// one that was not interrupted. Gives the weights.
    /// </summary>
    public static float[] ResumesExactly(TrainingOptions options, Func<Optimizer> optimizer, int stopAfter, IDataset training, IDataset? validation, Func<Network>? make = null)
    {
        make ??= () => Small(seed: 3);
        Normalization normalization = Normalization.Of(training);
        Network whole = make();
        var uninterrupted = new Trainer(whole, optimizer(), options, normalization);
        Assert.Equal(TrainingEnd.Completed, uninterrupted.Run(training, validation));

        Network first = make();
        var trainer = new Trainer(first, optimizer(), options, normalization);
        using var stop = new CancellationTokenSource();
        int steps = 0;
        trainer.BatchCompleted += _ =>
        {
            if (++steps == stopAfter)
                stop.Cancel();
        };
        Assert.Equal(TrainingEnd.Cancelled, trainer.Run(training, validation, stop.Token));
        string folder = Directory.CreateTempSubdirectory("fovea-").FullName;
        try
        {
            RunFolder.Create(folder).SaveCheckpoint(trainer, new Model(first, training.ClassNames, normalization), options.Seed, "{}");
            RunCheckpoint checkpoint = RunFolder.Open(folder).LoadCheckpoint();
            Network second = checkpoint.Data.Model.Network;
            var resumed = new Trainer(second, optimizer(), options, checkpoint.Data.Model.Normalization);
            checkpoint.Restore(resumed);
            Assert.Equal(TrainingEnd.Completed, resumed.Run(training, validation));
            Assert.Equal(Weights(whole), Weights(second));
            Assert.Equal(Timeless(uninterrupted), Timeless(resumed));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return Weights(whole);

        static IEnumerable<EpochResult> Timeless(Trainer trainer) => trainer.State.History.Select(epoch => epoch with { Seconds = 0 });
    }

    /// <summary>The least that a step of a run allocates on the thread that trains.</summary>
    public static long MinAllocation(TrainingOptions options, Optimizer optimizer, IDataset training)
    {
        long least = long.MaxValue, before = -1;
        var trainer = new Trainer(Small(seed: 1), optimizer, options with { Threads = 1 });
        trainer.BatchCompleted += _ =>
        {
            long now = GC.GetAllocatedBytesForCurrentThread();
            if (before >= 0)
                least = Math.Min(least, now - before);
            before = GC.GetAllocatedBytesForCurrentThread();
        };
        trainer.Run(training);
        return least;
    }
}
