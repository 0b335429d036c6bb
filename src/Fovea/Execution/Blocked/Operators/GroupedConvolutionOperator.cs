using Fovea.Execution.Graph;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Runs a <see cref="Conv2d"/> with groups: a direct convolution for every <see cref="ChannelBand"/>, all side by side.</summary>
internal sealed class GroupedConvolutionOperator : BlockedOperator
{
    private readonly ConvolutionOperator[] _bands;

    public GroupedConvolutionOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output, Epilogue epilogue) : base(context, group, nodes, inputs, output)
    {
        var bands = new List<ConvolutionOperator>();
        foreach (ChannelBand band in ChannelBand.ByOutputs((Conv2d)nodes[0].Layer, inputs[0], output))
        {
            bands.Add(new ConvolutionOperator(context, group, nodes, inputs, output, epilogue, band, SharedLength));
            SharedLength = checked(SharedLength + bands[^1].SharedLength);
        }
        _bands = [.. bands];
    }

    public override string Algorithm => $"{_bands[0].Algorithm} in groups";

    public override int SharedLength { get; }

    public override int PackTasks => Output.Blocks;

    public override void Pack(int task)
    {
        foreach (ConvolutionOperator band in _bands)
        {
            if (task < band.PackTasks)
            {
                band.Pack(task);
                return;
            }
            task -= band.PackTasks;
        }
    }

    public override int ForwardTasks(int phase, int count)
    {
        int tasks = 0;
        foreach (ConvolutionOperator band in _bands)
            tasks += band.ForwardTasks(phase, count);
        return tasks;
    }

    public override void Forward(int phase, int task, int count, int worker)
    {
        foreach (ConvolutionOperator band in _bands)
        {
            int tasks = band.ForwardTasks(phase, count);
            if (task < tasks)
            {
                band.Forward(phase, task, count, worker);
                return;
            }
            task -= tasks;
        }
    }
}
