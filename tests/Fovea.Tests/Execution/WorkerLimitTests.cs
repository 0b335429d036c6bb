using System.Diagnostics;
using Fovea.Execution.Workers;

namespace Fovea.Tests.Execution;

public class WorkerLimitTests
{
    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    private readonly WorkerLimit _limit = new();
    private long _now = 1;

    [Fact]
    public void A_calm_machine_gives_all_threads()
    {
        for (int i = 0; i < 1000; i++, _now += Millisecond)
            Assert.Equal(16, _limit.Apply(16, _now));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(16, 12)]
    [InlineData(1, 1)]
    public void A_stall_takes_out_a_quarter_but_never_the_caller(int threads, int left)
    {
        _limit.Stalled(threads, _now);
        Assert.Equal(left, _limit.Apply(threads, _now + 1));
    }

    [Fact]
    public void Stall_after_stall_makes_pauses_longer_up_to_two_seconds()
    {
        var pauses = new List<long>();
        for (int stall = 0; stall < 12; stall++)
        {
            _limit.Stalled(2, _now);
            long start = _now;
            while (_limit.Apply(2, _now) == 1)
                _now += Millisecond;
            pauses.Add((_now - start) / Millisecond);
        }
        Assert.Equal(10, pauses[0]);
        Assert.Equal(20, pauses[1]);
        Assert.Equal(2000, pauses[^1]);
        Assert.True(pauses.Order().SequenceEqual(pauses));
    }

    [Fact]
    public void After_a_calm_time_pauses_are_short_again()
    {
        for (int stall = 0; stall < 12; stall++)
            _limit.Stalled(2, _now);
        for (int i = 0; i < 10_000; i++, _now += Millisecond)
            _limit.Apply(2, _now);
        _limit.Stalled(2, _now);
        Assert.Equal(1, _limit.Apply(2, _now + (9 * Millisecond)));
        Assert.Equal(2, _limit.Apply(2, _now + (11 * Millisecond)));
    }

    [Fact]
    public void Workers_come_back_one_by_one()
    {
        _limit.Stalled(16, _now);
        _limit.Stalled(12, _now);
        Assert.Equal(9, _limit.Apply(16, _now));
        _now += Stopwatch.Frequency;
        Assert.Equal([10, 11, 12, 13, 14, 15, 16, 16], Enumerable.Range(0, 8).Select(i => _limit.Apply(16, _now + i)));
    }

    [Fact]
    public void Who_did_longer_items_waits_longer()
    {
        Assert.True(WorkerLimit.Patience(worked: 100 * Millisecond, items: 2) >= 150 * Millisecond);
        Assert.True(WorkerLimit.Patience(worked: Millisecond / 100, items: 10) < Millisecond);
    }
}
