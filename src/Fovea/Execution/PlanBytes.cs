using Fovea.Execution.Blocked;
using Fovea.Execution.Graph;
using Fovea.Execution.Sliced;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>
/// What the activations of a batch take, before anything is allocated: limits of a network are for one sample, and a small
/// file may ask for maps that only a batch of them makes too large, or the channels that fill up their blocks.
/// </summary>
internal static class PlanBytes
{
    /// <summary>What a batch that nobody asked for may take, and which share of memory.</summary>
    private const double MaxByDefault = 1L << 31, ShareByDefault = 0.25;

    /// <summary>The share of memory that a plan may have at most: there is more than activations.</summary>
    private const double Share = 0.875;


    /// <summary>Memory in bytes: the machine's, or what a container may use of it.</summary>
    public static double Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The batch to run: the one wanted, or fewer samples if that passed 2 GiB or a quarter of memory.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How it is to run, with the batch that is wanted.</param>
    /// <param name="available">Bytes that there are; <see cref="Available"/> if null.</param>
    public static int Fit(Network network, PlanOptions options, double? available = null) =>
        Math.Max(1, Largest(network, options, options.InputShape ?? network.InputShape, Math.Min(MaxByDefault, ShareByDefault * (available ?? Available))));

    /// <summary>Throws, with the figure, if a plan needs more than there is.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How it is to run.</param>
    /// <param name="inputShape">The shape of one input sample.</param>
    /// <param name="available">Bytes that there are; <see cref="Available"/> if null.</param>
    /// <exception cref="ShapeException">It needs more.</exception>
    public static void Require(Network network, PlanOptions options, Shape inputShape, double? available = null)
    {
        double memory = available ?? Available, needed = Least(network, options, inputShape);
        if (needed <= Share * memory)
            return;
        int fits = Largest(network, options, inputShape, Share * memory);
        throw new ShapeException(
            $"network '{network.Name}' at a batch of {options.Batch} needs at least {Gibibytes(needed)} for its activations, and they may take {Gibibytes(Share * memory)} of the {Gibibytes(memory)} of memory: "
            + (fits >= 1 ? $"try a batch of {fits} or less" : "try a smaller input"));
    }

    /// <summary>The largest batch up to the one wanted that stays below a bound; 0 if none does.</summary>
    private static int Largest(Network network, PlanOptions options, Shape inputShape, double bound)
    {
        if (Least(network, options, inputShape) <= bound)
            return options.Batch;
        // Samples that run one slice after another share memory, so that what is needed does not grow with the batch evenly.
        int fits = 0;
        for (int over = options.Batch; over - fits > 1;)
        {
            int middle = fits + (over - fits) / 2;
            (fits, over) = Least(network, options with { Batch = middle }, inputShape) <= bound ? (middle, over) : (fits, middle);
        }
        return fits;
    }

    /// <summary>A little less than a plan takes: all maps, but neither scratch nor parameters.</summary>
    private static double Least(Network network, PlanOptions options, Shape inputShape)
    {
        double scale = (double)inputShape.Length / network.InputShape.Length;
        double maps = BlockedRunner.Suits(network, options, inputShape) ? InBlocks(network, options) : InSlices(network, options);
        // The caller's samples, and the outputs.
        return scale * (maps + sizeof(float) * (double)options.Batch * (network.InputShape.Length + network.OutputShape.Length));
    }

    /// <summary>Every group of nodes of a slice has a place of its own; slices that nobody reads again take turns.</summary>
    private static double InSlices(Network network, PlanOptions options)
    {
        int lanes = SlicedRunner.LanesFor(options), slices = SlicedRunner.SlicesFor(options.Batch, lanes);
        var graph = new ExecutionGraph(network, options, network.InputShape, new SlicedRules(lanes));
        double sample = network.InputShape.Length + graph.Groups.Sum(group => (double)graph.ShapeOf(group.Last).Length);
        // What sees the whole batch at once needs all of it.
        bool keeps = options.IsRead || options.UsesBatchStatistics && network.Nodes.Any(node => node.Layer.Lowered is BatchNorm2d);
        return sizeof(float) * sample * (options.HasGradients ? 2 : 1) * lanes * (keeps ? slices : Math.Min(slices, options.Threads));
    }

    /// <summary>
    /// Every group of nodes has a map, of floats or, where the scheme says so, of bytes, or both; without a backward, maps of one
    /// geometry take turns, and so do gradients.
    /// </summary>
    private static double InBlocks(Network network, PlanOptions options)
    {
        var graph = new ExecutionGraph(network, options, network.InputShape, new BlockedRules(options));
        var sizes = graph.Groups
            .GroupBy(group => (network.Nodes[group.Last].OutputShape, Bytes: Padded(network, group.Last) * ElementBytes(group)), (geometry, groups) => (geometry.Bytes, Count: groups.Count())).ToList();
        double all = sizes.Sum(pair => pair.Bytes * pair.Count), inTurns = sizes.Sum(pair => pair.Bytes * Math.Min(pair.Count, 2));
        double values = options.HasGradients || options.KeepActivations.IsAll ? all : inTurns;
        double gradients = !options.HasGradients ? 0 : options.NodeGradients.IsAll ? all : inTurns;
        // Images that convolutions in int8 or without groups read are narrow, and small beside the rest.
        double input = options.Quantization is not null && !graph.ReadersOf(ExecutionGraph.Input).Any(IsQuantized) ? sizeof(float) * Padded(network, ExecutionGraph.Input) : 0;
        return options.Batch * (input + values + gradients);

        // What may be bytes or floats counts as bytes; what is computed in floats and read as bytes is both.
        int ElementBytes(FusionGroup group) => options.Quantization is null ? sizeof(float)
            : network.Nodes[group.Head].Layer is MaxPool2d or GlobalAvgPool2d or Flatten || IsQuantized(group.Head) ? 1
            : graph.ReadersOf(group.Last).Any(IsQuantized) ? sizeof(float) + 1 : sizeof(float);

        bool IsQuantized(int node) => options.Quantization!.WeightScales.ContainsKey(network.Nodes[node].Name);
    }

    /// <summary>Numbers of one sample's map in blocks of channels, with the frame that convolutions which read it want.</summary>
    private static double Padded(Network network, int node)
    {
        Shape shape = node < 0 ? network.InputShape : network.Nodes[node].OutputShape;
        int frame = 0;
        foreach (Node reader in network.Nodes)
            if (reader.Layer.Lowered is Conv2d convolution && reader.Inputs.Contains(node) && convolution.WindowFor(shape) is var window)
                frame = Math.Max(frame, Math.Max(Math.Max(window.PadTop, window.PadBottom), Math.Max(window.PadLeft, window.PadRight)));
        int channels = (shape.Channels + BlockedCorrelation.Block - 1) / BlockedCorrelation.Block * BlockedCorrelation.Block;
        return (double)channels * (shape.Height + 2.0 * frame) * (shape.Width + 2.0 * frame);
    }

    private static string Gibibytes(double bytes) => FormattableString.Invariant($"{bytes / (1L << 30):F1} GiB");
}
