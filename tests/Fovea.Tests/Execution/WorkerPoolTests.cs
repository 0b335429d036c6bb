using Fovea.Execution.Workers;

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

    [Fact(Timeout = 60_000)]
    public async Task Nobody_waits_for_a_worker_that_does_not_come()
    {
        // Never disposed: a worker may come when the test is over, and its exception would end the process.
        var held = new ManualResetEventSlim();
        var pool = new WorkerPool(_ => held.Wait());
        int done = 0;
        await Task.Run(() =>
        {
            for (int run = 0; run < 20; run++)
                pool.Run(new Work((_, worker) => done += worker == 0 ? 1 : 1000), 10, 3);
        });
        Assert.Equal(200, done);
        held.Set();
    }

    /// <summary>Workers that read of work long ago find the one that runs now, or nothing, and keep to its number of threads.</summary>
    [Fact]
    public void A_late_worker_takes_part_in_no_work_that_it_was_not_asked_to()
    {
        var pool = new WorkerPool(_ => Thread.Sleep(1));
        for (int run = 0; run < 300; run++)
        {
            int threads = 2 + run % 3, items = 1 + run % 7;
            int[] times = new int[items];
            pool.Run(new Work((item, worker) =>
            {
                Assert.InRange(worker, 0, threads - 1);
                Interlocked.Increment(ref times[item]);
                Thread.SpinWait(2000);
            }), items, threads);
            Assert.All(times, time => Assert.Equal(1, time));
        }
    }

    [Fact]
    public void Callers_at_one_time_all_get_their_work_done()
    {
        var pool = new WorkerPool();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (int run = 0; run < 500; run++)
            {
                int done = 0;
                pool.Run(new Work((_, _) => Interlocked.Increment(ref done)), 9, 4);
                Assert.Equal(9, done);
            }
        });
    }

    private sealed class Work(Action<int, int> action) : IWork
    {
        public void Do(int item, int worker) => action(item, worker);
    }
}
