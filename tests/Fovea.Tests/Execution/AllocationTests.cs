using Fovea.Execution;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;

namespace Fovea.Tests.Execution;

/// <summary>Tests that measure the whole process, and so run while no other test does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>A step in steady state allocates nothing.</summary>
[Collection(nameof(Alone))]
public class AllocationTests
{
    private const int Batch = 40;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_thread_allocates_no_byte(bool keepActivations)
    {
        Action step = Step(threads: 1, keepActivations);
        // The runtime may once allocate for itself on this thread, when it compiles a loop that has become hot; a step would in every series.
        Assert.Contains(0, Enumerable.Range(0, 3).Select(_ => BytesOf(step)).ToArray());
    }

    private static long BytesOf(Action step)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            step();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Fact]
    public void Two_threads_allocate_no_byte()
    {
        Action step = Step(threads: 2, keepActivations: true);
        Meter before = new(), after = new();
        WorkerPool.Shared.Run(before, 2, 2);
        for (int i = 0; i < 50; i++)
            step();
        WorkerPool.Shared.Run(after, 2, 2);
        Assert.Equal(before.Bytes, after.Bytes);
    }

    /// <summary>
    /// Reads how much each of two workers has allocated, itself allocating nothing. Neither can do both items, since
    /// each waits for the other.
    /// </summary>
    private sealed class Meter : IWork
    {
        private int _arrived;

        public long[] Bytes { get; } = new long[2];

        public void Do(int item, int worker)
        {
            Bytes[worker] = GC.GetAllocatedBytesForCurrentThread();
            Interlocked.Increment(ref _arrived);
            while (Volatile.Read(ref _arrived) < 2)
                Thread.Yield();
        }
    }

    private static Action Step(int threads, bool keepActivations)
    {
        Network network = SmallNetworks.Classifier();
        Plan training = network.WithoutSoftmax().Compile(new PlanOptions
        {
            Batch = Batch,
            Threads = threads,
            Mode = PlanMode.Training,
            KeepActivations = keepActivations,
        });
        Plan inference = network.Compile(new PlanOptions { Batch = Batch, Threads = threads, KeepActivations = keepActivations });
        float[] input = SmallNetworks.Samples(Batch, seed: 1), targets = SmallNetworks.Targets(Batch);
        var loss = new SoftmaxCrossEntropy();
        var sgd = new Sgd(0.01, momentum: 0.9);
        sgd.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
        Action step = () =>
        {
            training.TrainingStep(input, targets, loss);
            training.Update(sgd, maxNorm: 1);
            inference.Forward(input);
        };
        for (int i = 0; i < 10; i++)
            step();
        return step;
    }
}
