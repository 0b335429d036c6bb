using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Gives every map its buffer. In inference maps of one geometry that are not alive at once take turns in a buffer; their
/// frames lie in the same places, and nobody writes there, so they stay zero.
/// </summary>
internal static class BlockedMemory
{
    public static void LayOut(BlockedGraph graph, BlockedContext context, bool reuses)
    {
        var lastUse = new Dictionary<BlockedMap, int> { [graph.Output] = int.MaxValue, [graph.Input] = int.MaxValue };
        for (int i = 0; i < graph.Operators.Count; i++)
            foreach (BlockedMap input in graph.Operators[i].Inputs)
                lastUse[input] = Math.Max(lastUse.GetValueOrDefault(input), i);

        var free = new Dictionary<(int, int, int, int, int), Stack<AlignedBuffer>>();
        graph.Input.Values = Allocate(graph.Input, context);
        for (int i = 0; i < graph.Operators.Count; i++)
        {
            BlockedMap output = graph.Operators[i].Output;
            output.Values = reuses && free.TryGetValue(output.Geometry, out Stack<AlignedBuffer>? buffers) && buffers.TryPop(out AlignedBuffer? buffer)
                ? buffer
                : Allocate(output, context);
            foreach (BlockedMap input in graph.Operators[i].Inputs.Distinct())
                if (lastUse[input] == i)
                {
                    if (!free.TryGetValue(input.Geometry, out Stack<AlignedBuffer>? stack))
                        free.Add(input.Geometry, stack = new Stack<AlignedBuffer>());
                    stack.Push(input.Values);
                }
        }
    }

    private static AlignedBuffer Allocate(BlockedMap map, BlockedContext context) => new(checked(map.SampleLength * context.Batch));
}
