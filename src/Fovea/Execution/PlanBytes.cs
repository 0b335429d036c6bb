using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>
/// What the activations of a batch take, before anything is allocated: limits of a network are for one sample, and a small
/// file may ask for maps that only a batch of them makes too large.
/// </summary>
internal static class PlanBytes
{
    /// <summary>What a batch that nobody asked for may take.</summary>
    private const double MostByDefault = 1L << 31;

    private const int FewestSideBySide = 8;
    private const int SideBySide = 16;

    /// <summary>The batch to run in inference: the one wanted, or fewer samples if their maps would pass 2 GiB.</summary>
    public static int Fit(Network network, int batch)
    {
        double sample = sizeof(float) * ((double)network.InputShape.Length + network.OutputShape.Length + 2.0 * network.Nodes.Max(node => node.OutputShape.Length));
        double most = Math.Max(1, Math.Floor(MostByDefault / sample));
        // From 8 samples on, 16 lie side by side.
        if (most < SideBySide)
            most = Math.Min(most, FewestSideBySide - 1);
        return (int)Math.Min(batch, most);
    }

    /// <summary>Throws, with the figure, if a plan needs more than there is.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How it is to run.</param>
    /// <param name="inputShape">The shape of one input sample.</param>
    /// <param name="blocked">Whether channels lie in blocks.</param>
    /// <param name="available">Bytes that there are.</param>
    /// <exception cref="ShapeException">It needs more.</exception>
    public static void Require(Network network, PlanOptions options, Shape inputShape, bool blocked, double available)
    {
        double needed = Least(network, options, inputShape, blocked);
        if (needed <= available)
            return;
        // Samples that run one slice after another share memory, so that what is needed does not grow with the batch evenly.
        int fits = 0;
        for (int over = options.Batch; over - fits > 1;)
        {
            int middle = fits + (over - fits) / 2;
            (fits, over) = Least(network, options with { Batch = middle }, inputShape, blocked) <= available ? (middle, over) : (fits, middle);
        }
        throw new ShapeException(
            $"network '{network.Name}' at a batch of {options.Batch} needs at least {Gibibytes(needed)} for its activations, and there are {Gibibytes(available)}: "
            + (fits >= 1 ? $"try a smaller batch, of {fits} or less" : "try a smaller batch or input"));
    }

    /// <summary>Less than a plan takes: only maps that are surely written count, and no scratch.</summary>
    private static double Least(Network network, PlanOptions options, Shape inputShape, bool blocked)
    {
        double scale = (double)inputShape.Length / network.InputShape.Length;
        double[] maps = [.. Enumerable.Range(0, network.Nodes.Count).Where(i => IsWritten(network, i)).Select(i => network.Nodes[i].OutputShape.Length * scale), inputShape.Length];
        if (options.Quantization is not null)
            return options.Batch * maps.Max();
        bool training = options.Mode == PlanMode.Training, keeps = options.KeepActivations || (training && blocked);
        int samples = blocked || keeps ? options.Batch : Math.Min(options.Batch, SideBySide);
        return sizeof(float) * samples * (keeps || !blocked ? maps.Sum() * (training && !blocked ? 2 : 1) : maps.Max());
    }

    /// <summary>Others may share their input's memory, or vanish in a neighbour, as a convolution does in the pooling that follows.</summary>
    private static bool IsWritten(Network network, int index)
    {
        Layer layer = network.Nodes[index].Layer;
        if (layer is not Conv2d)
            return IsWritten(layer);
        for (int next = index + 1; next < network.Nodes.Count; next++)
            if (network.Nodes[next].Inputs.Contains(index))
            {
                if (network.Nodes[next].Layer is WindowLayer and not Conv2d or AdaptiveAvgPool2d or GlobalAvgPool2d)
                    return false;
                if (network.Nodes[next].Layer is Conv2d or Linear or Concat or Add)
                    return true;
                index = next;
            }
        return false;
    }

    private static bool IsWritten(Layer layer) => layer is Linear or MaxPool2d or AvgPool2d or SumPool2d or AdaptiveAvgPool2d or Concat or LocalResponseNorm;

    private static string Gibibytes(double bytes) => FormattableString.Invariant($"{bytes / (1L << 30):F1} GiB");
}
