using Fovea.Execution.Workers;

namespace Fovea.Execution.Blocked;

/// <summary>What an operator can be asked to do.</summary>
internal enum OperatorPass
{
    Pack,
    Forward,
    Backward,
}

/// <summary>One pass of an operator.</summary>
internal sealed class OperatorWork(BlockedOperator op, OperatorPass pass) : PhasedWork
{
    public BlockedOperator Operator { get; } = op;

    public override int Phases => pass switch
    {
        OperatorPass.Pack => 1,
        OperatorPass.Forward => Operator.ForwardPhases,
        _ => Operator.BackwardPhases,
    };

    public override int ScratchLength => Operator.ScratchLength;

    public override int SharedLength => Operator.SharedLength;

    public override int Tasks(int phase, int count) => pass switch
    {
        OperatorPass.Pack => Operator.PackTasks,
        OperatorPass.Forward => Operator.ForwardTasks(phase, count),
        _ => Operator.BackwardTasks(phase, count),
    };

    public override void Run(int phase, int task, int count, int worker)
    {
        switch (pass)
        {
            case OperatorPass.Pack: Operator.Pack(task); break;
            case OperatorPass.Forward: Operator.Forward(phase, task, count, worker); break;
            default: Operator.Backward(phase, task, count, worker); break;
        }
    }
}
