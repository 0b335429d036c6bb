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
        Assert.Contains(0, Enumerable.Range(0, 3).Select(_ => BytesOf(step, GC.GetAllocatedBytesForCurrentThread)).ToArray());
    }

    /// <summary>Of all threads of the process, since nobody says which of them take part: the test runner's own may allocate now and then.</summary>
    [Fact]
    public void Two_threads_allocate_no_byte()
    {
        Action step = Step(threads: 2, keepActivations: true);
        Assert.Contains(0, Enumerable.Range(0, 10).Select(_ => BytesOf(step, () => GC.GetTotalAllocatedBytes(precise: true))).ToArray());
    }

    private static long BytesOf(Action step, Func<long> allocated)
    {
        long before = allocated();
        for (int i = 0; i < 20; i++)
            step();
        return allocated() - before;
    }

    private static Action Step(int threads, bool keepActivations)
    {
        Network network = SmallNetworks.Classifier();
        Plan training = network.WithoutSoftmax().Compile(PlanOptions.Training with
        {
            Batch = Batch,
            Threads = threads,
            KeepActivations = keepActivations ? NodeSelection.All : NodeSelection.None,
            NodeGradients = keepActivations ? NodeSelection.All : NodeSelection.None,
        });
        Plan inference = network.Compile(new PlanOptions { Batch = Batch, Threads = threads, KeepActivations = keepActivations ? NodeSelection.All : NodeSelection.None });
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
