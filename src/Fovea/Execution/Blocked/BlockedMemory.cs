using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Buffers that maps of one geometry use in turn: their frames lie in the same places, and nobody writes there, so they
/// stay zero.
/// </summary>
internal sealed class BlockedBuffers(int batch)
{
    private readonly Dictionary<(int, int, int, int, int), Stack<AlignedBuffer>> _free = [];

    public AlignedBuffer Take(BlockedMap map) =>
        _free.TryGetValue(map.Geometry, out Stack<AlignedBuffer>? buffers) && buffers.TryPop(out AlignedBuffer? buffer)
            ? buffer
            : new AlignedBuffer(checked(map.SampleLength * batch));

    public void Return(BlockedMap map, AlignedBuffer buffer)
    {
        if (!_free.TryGetValue(map.Geometry, out Stack<AlignedBuffer>? buffers))
            _free.Add(map.Geometry, buffers = new Stack<AlignedBuffer>());
        buffers.Push(buffer);
    }
}

/// <summary>Gives every map a buffer for its activations; where they may be forgotten, maps take turns.</summary>
internal static class BlockedMemory
{
    public static void LayOut(BlockedGraph graph, bool reuses)
    {
        var lastUse = new Dictionary<BlockedMap, int> { [graph.Output] = int.MaxValue, [graph.Input] = int.MaxValue };
        for (int i = 0; i < graph.Operators.Count; i++)
            foreach (BlockedMap input in graph.Operators[i].Inputs)
                lastUse[input] = Math.Max(lastUse.GetValueOrDefault(input), i);

        var free = new BlockedBuffers(graph.Context.Batch);
        graph.Input.Values = free.Take(graph.Input);
        for (int i = 0; i < graph.Operators.Count; i++)
        {
            BlockedOperator op = graph.Operators[i];
            op.Output.Values = free.Take(op.Output);
            foreach (BlockedMap input in op.Inputs.Distinct())
                if (reuses && lastUse[input] == i)
                    free.Return(input, input.Values);
        }
    }
}
