using Fovea.Execution;

namespace Fovea.Tests.Execution;

public class WorkerPoolTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(7, 1)]
    [InlineData(7, 3)]
    [InlineData(1000, 4)]
    [InlineData(0, 4)]
    public void Every_item_is_done_once_by_a_worker_that_exists(int items, int threads)
    {
        var pool = new WorkerPool();
        for (int run = 0; run < 20; run++)
        {
            int[] times = new int[items];
            pool.Run(new Work((item, worker) =>
            {
                Assert.InRange(worker, 0, threads - 1);
                Interlocked.Increment(ref times[item]);
            }), items, threads);
            Assert.All(times, time => Assert.Equal(1, time));
        }
    }

    [Fact]
    public void No_two_items_share_a_worker_at_one_time()
    {
        int[] busy = new int[4];
        var pool = new WorkerPool();
        pool.Run(new Work((_, worker) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref busy[worker]));
            Thread.SpinWait(50);
            Interlocked.Decrement(ref busy[worker]);
        }), 500, 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_exception_reaches_the_caller_and_the_pool_stays_usable(int threads)
    {
        var pool = new WorkerPool();
        for (int run = 0; run < 50; run++)
        {
            var error = Assert.Throws<InvalidOperationException>(() => pool.Run(
                new Work((item, _) =>
                {
                    if (item == 5)
                        throw new InvalidOperationException("item 5");
                }), 20, threads));
            Assert.Equal("item 5", error.Message);
            int done = 0;
            pool.Run(new Work((_, _) => Interlocked.Increment(ref done)), 20, threads);
            Assert.Equal(20, done);
        }
    }

    /// <summary>A loss may run a plan of its own, say a teacher's, while the pool is busy with the student's.</summary>
    [Fact]
    public void Work_may_run_work()
    {
        var pool = new WorkerPool();
        for (int run = 0; run < 50; run++)
        {
            int[] outer = new int[30];
            int inner = 0;
            pool.Run(new Work((item, _) =>
            {
                pool.Run(new Work((_, _) => Interlocked.Increment(ref inner)), 10, 3);
                Interlocked.Increment(ref outer[item]);
            }), 30, 3);
            Assert.All(outer, time => Assert.Equal(1, time));
            Assert.Equal(300, inner);
        }
    }

    private sealed class Work(Action<int, int> action) : IWork
    {
        public void Do(int item, int worker) => action(item, worker);
    }
}
