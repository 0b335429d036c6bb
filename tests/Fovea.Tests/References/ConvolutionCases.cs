using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Tests.References;

/// <summary>The convolutions that every implementation must get right.</summary>
internal static class ConvolutionCases
{
    /// <summary>Which of LeNet-5's six maps feed which of its sixteen: table I of LeCun et al., 1998.</summary>
    public static readonly int[][] LeNetTable =
    [
        [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5],
        [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5],
        [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5],
    ];

    private static readonly int[] Kernels = [1, 2, 3, 5, 7];
    private static readonly int[] EdgeChannels = [1, 2, 3, 5, 6, 7, 11, 12, 13, 16, 48, 49, 50];
    private static readonly int[] EdgeWidths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17];

    /// <summary>Every kernel, stride, padding and dilation, on few small maps.</summary>
    public static IEnumerable<ConvolutionCase> Windows()
    {
        foreach (int kernel in Kernels)
            for (int stride = 1; stride <= 3; stride++)
                for (int padding = -1; padding <= 3; padding++)
                    for (int dilation = 1; dilation <= 3; dilation++)
                        yield return new ConvolutionCase
                        {
                            InChannels = 2,
                            OutChannels = 3,
                            Input = (8, 9),
                            Kernel = kernel,
                            Stride = stride,
                            Padding = padding < 0 ? Padding.Same : padding,
                            Dilation = dilation,
                            Bias = padding % 2 == 0,
                        };
    }

    /// <summary>Numbers of maps around the edges of the kernels' tiles, in both places.</summary>
    public static IEnumerable<ConvolutionCase> Channels()
    {
        foreach (int ins in EdgeChannels)
            foreach (int outs in EdgeChannels)
                yield return new ConvolutionCase { InChannels = ins, OutChannels = outs, Input = (2, 3), Kernel = ins * outs > 300 ? 1 : 2 };
    }

    /// <summary>Outputs as wide as a vector, a little narrower, a little wider.</summary>
    public static IEnumerable<ConvolutionCase> Widths()
    {
        foreach (int width in EdgeWidths)
            foreach (int height in (int[])[1, 2, 5])
                foreach (int outs in (int[])[1, 4])
                {
                    yield return new ConvolutionCase { InChannels = 2, OutChannels = outs, Input = (height + 2, width + 2), Kernel = 3 };
                    yield return new ConvolutionCase { InChannels = 2, OutChannels = outs, Input = (2 * height, 2 * width), Kernel = 2, Stride = 2 };
                }
    }

    /// <summary>Groups, depth-wise convolutions with and without a multiplier, connection tables, odd paddings.</summary>
    public static IEnumerable<ConvolutionCase> Connected()
    {
        foreach ((int ins, int outs, int groups) in ((int, int, int)[])[(2, 2, 2), (4, 6, 2), (12, 14, 2), (3, 3, 3), (5, 5, 5), (3, 9, 3), (4, 8, 4), (16, 16, 16), (6, 3, 3)])
            foreach (int stride in (int[])[1, 2])
                yield return new ConvolutionCase { InChannels = ins, OutChannels = outs, Groups = groups, Input = (6, 5), Padding = 1, Stride = stride };
        yield return new ConvolutionCase { InChannels = 6, OutChannels = 16, Connections = LeNetTable, Kernel = 5, Input = (7, 8) };
        yield return new ConvolutionCase { InChannels = 6, OutChannels = 16, Connections = LeNetTable, Kernel = 3, Input = 6, Stride = 2, Padding = 1, Dilation = 2, Bias = false };
        // An input map that feeds nothing, and sources out of order.
        yield return new ConvolutionCase { InChannels = 4, OutChannels = 3, Connections = [[3, 0], [1], [1, 3, 0]] };
        yield return new ConvolutionCase { InChannels = 2, OutChannels = 2, Padding = new Padding { Top = 1, Left = 2, Bottom = 3, Right = 0 } };
        yield return new ConvolutionCase { InChannels = 2, OutChannels = 2, Padding = new Padding { Top = 0, Left = 0, Bottom = 5, Right = 4 }, Stride = (2, 3) };
        yield return new ConvolutionCase { InChannels = 1, OutChannels = 2, Input = (1, 1), Kernel = 5, Padding = 4 };
        yield return new ConvolutionCase { InChannels = 1, OutChannels = 2, Input = (2, 3), Kernel = 1, Padding = 3, Stride = 2 };
        yield return new ConvolutionCase { InChannels = 3, OutChannels = 4, Input = (9, 4), Kernel = (7, 2), Stride = (1, 3), Padding = (3, 1), Dilation = (1, 2) };
        yield return new ConvolutionCase { InChannels = 1, OutChannels = 1, Input = (5, 5), Kernel = 1, Stride = 3, Dilation = 3 };
    }

    /// <summary>Anything that fits, drawn at random.</summary>
    public static IEnumerable<ConvolutionCase> Random(int count, ulong seed, params int[] batches)
    {
        for (int i = 0; i < count;)
        {
            var rng = new Rng(seed, substream: (ulong)i + 1000 * seed);
            ConvolutionCase c = Draw(ref rng, batches);
            seed++;
            if (!c.Fits)
                continue;
            i++;
            yield return c;
        }
    }

    private static ConvolutionCase Draw(ref Rng rng, int[] batches)
    {
        int groups = rng.Pick(1, 1, 1, 2, 3, 0), ins = rng.Pick(1, 2, 3, 5, 6, 7), outs = rng.Pick(1, 2, 3, 5, 6, 7, 12, 13);
        if (groups == 0)
            (groups, outs) = (ins, ins * rng.Pick(1, 2, 3));
        else if (groups > 1)
            (ins, outs) = (groups * rng.Pick(1, 2, 4), groups * rng.Pick(1, 3, 5));
        Padding padding = rng.NextInt(4) switch
        {
            0 => Padding.Same,
            1 => Padding.Valid,
            2 => rng.NextInt(4),
            _ => new Padding { Top = rng.NextInt(4), Left = rng.NextInt(4), Bottom = rng.NextInt(4), Right = rng.NextInt(4) },
        };
        return new ConvolutionCase
        {
            InChannels = ins,
            OutChannels = outs,
            Groups = groups,
            Input = (1 + rng.NextInt(11), 1 + rng.NextInt(19)),
            Kernel = (rng.Pick(Kernels), rng.Pick(Kernels)),
            Stride = (1 + rng.NextInt(3), 1 + rng.NextInt(3)),
            Dilation = (1 + rng.NextInt(3), 1 + rng.NextInt(3)),
            Padding = padding,
            Bias = rng.NextInt(2) == 0,
            Batch = rng.Pick(batches),
        };
    }
}
