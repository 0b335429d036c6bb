using Fovea.Execution.Graph;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Buffers that maps of one geometry use in turn: their frames lie in the same places, and nobody writes there, so they
/// stay zero.
/// </summary>
internal sealed class BlockedBuffers(int batch)
{
    private readonly Dictionary<(int, int, int, int, int, int), Stack<AlignedBuffer>> _free = [];

    public AlignedBuffer Take(BlockedMap map) =>
        _free.TryGetValue(map.Geometry, out Stack<AlignedBuffer>? buffers) && buffers.TryPop(out AlignedBuffer? buffer)
            ? buffer
            : map.NewBuffer(batch);

    public void Return(BlockedMap map, AlignedBuffer buffer)
    {
        if (!_free.TryGetValue(map.Geometry, out Stack<AlignedBuffer>? buffers))
            _free.Add(map.Geometry, buffers = new Stack<AlignedBuffer>());
        buffers.Push(buffer);
    }
}

/// <summary>Gives activations, gradients and parameters' gradients their memory.</summary>
internal static class BlockedMemory
{
    /// <summary>Gives every map a buffer; without a backward, maps that nobody keeps take turns.</summary>
    public static void AllocateValues(BlockedGraph blocked)
    {
        BlockedOperator[] operators = blocked.Operators;
        var lastUse = new Dictionary<BlockedMap, int>();
        for (int i = 0; i < operators.Length; i++)
            foreach (BlockedMap input in operators[i].Inputs)
                lastUse[input] = i;
        foreach (BlockedMap map in blocked.Kept)
            lastUse[map] = int.MaxValue;

        var free = new BlockedBuffers(blocked.Context.Batch);
        foreach (BlockedMap map in blocked.Inputs)
            map.Values = free.Take(map);
        for (int i = 0; i < operators.Length; i++)
        {
            operators[i].Output.Values = free.Take(operators[i].Output);
            foreach (BlockedMap input in operators[i].Inputs.Distinct())
                if (lastUse[input] == i && !blocked.Context.HasBackward)
                    free.Return(input, input.Values);
        }
    }

    /// <summary>
    /// Gives every gradient that is wanted a buffer. Those that nobody reads take turns, since a gradient is done with when
    /// the operator below has run.
    /// </summary>
    public static void AllocateGradients(BlockedGraph blocked)
    {
        var free = new BlockedBuffers(blocked.Context.Batch);
        blocked.Output.Gradients = free.Take(blocked.Output);
        foreach (BlockedOperator op in blocked.Backward)
        {
            bool reuses = !blocked.Graph.WantsGradient(op.Group.Last), takesOver = false;
            for (int i = 0; i < op.Inputs.Length; i++)
            {
                BlockedMap input = op.Inputs[i];
                if (op.Targets[i] != GradientTarget.Write)
                    continue;
                bool overwrites = reuses && i == 0 && op.OverwritesGradient && input.Geometry == op.Output.Geometry;
                input.Gradients = overwrites ? op.Output.Gradients : free.Take(input);
                takesOver |= overwrites;
            }
            if (reuses && !takesOver)
                free.Return(op.Output, op.Output.Gradients!);
        }
    }

    /// <summary>Gives every trainable parameter's gradient its place; returns the offsets, in the network's order.</summary>
    public static int[] AllocateParameterGradients(Network network, BlockedContext context)
    {
        const int alignment = 16;
        int length = 0;
        int[] offsets = new int[network.TrainableParameters.Count];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = length;
            length = checked(length + (network.TrainableParameters[i].Value.Length + alignment - 1) / alignment * alignment);
        }
        context.Gradients = new AlignedBuffer(length);
        for (int i = 0; i < offsets.Length; i++)
            if (network.TrainableParameters[i].Learns)
                context.GradientOffsets.Add(network.TrainableParameters[i], offsets[i]);
        return offsets;
    }
}
