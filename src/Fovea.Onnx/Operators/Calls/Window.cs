namespace Fovea.Onnx.Operators.Calls;

/// <summary>
/// A window that goes over an image of any number of dimensions: where it stands for every position, by the attributes
/// kernel_shape, strides, dilations, pads, auto_pad and ceil_mode.
/// </summary>
/// <param name="Image">The image's sizes.</param>
/// <param name="Kernel">The window's sizes.</param>
/// <param name="Strides">Steps between positions.</param>
/// <param name="Dilations">Steps within the window.</param>
/// <param name="Begin">Elements of padding before the image.</param>
/// <param name="End">Elements of padding behind it.</param>
/// <param name="Positions">How many positions there are along every axis.</param>
internal sealed record Window(int[] Image, int[] Kernel, long[] Strides, long[] Dilations, long[] Begin, long[] End, int[] Positions)
{
    /// <summary>The window that a node's attributes describe.</summary>
    /// <param name="call">The operation.</param>
    /// <param name="image">The image's sizes.</param>
    /// <param name="kernel">The kernel's sizes, which kernel_shape must equal; null if only kernel_shape says.</param>
    public static Window Of(OperatorCall call, ReadOnlySpan<int> image, int[]? kernel)
    {
        int rank = image.Length;
        call.Require(rank >= 1, "its input has no spatial dimensions");
        int[] sizes = KernelShape(call, rank, kernel);
        long[] strides = Steps(call, "strides", rank), dilations = Steps(call, "dilations", rank);
        string auto = AutoPad(call);
        bool ceil = call.Flag("ceil_mode");
        long[] begin = new long[rank], end = new long[rank];
        if (auto == "NOTSET")
            (begin, end) = Pads(call, rank);
        var positions = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            long span = Span(sizes[i], dilations[i]);
            if (auto.StartsWith("SAME", StringComparison.Ordinal))
            {
                positions[i] = (int)((image[i] + strides[i] - 1) / strides[i]);
                long total = Math.Max(0, ((positions[i] - 1) * strides[i]) + span - image[i]);
                begin[i] = auto == "SAME_UPPER" ? total / 2 : total - (total / 2);
                end[i] = total - begin[i];
                continue;
            }
            long free = image[i] + begin[i] + end[i] - span;
            call.Require(free >= 0, $"a window of {span} does not fit {image[i]} elements with padding {begin[i]} and {end[i]}");
            long count = (ceil ? (free + strides[i] - 1) / strides[i] : free / strides[i]) + 1;
            // The last window begins in the image or in the padding before it.
            if (ceil && (count - 1) * strides[i] >= image[i] + begin[i])
                count--;
            positions[i] = checked((int)count);
        }
        return new Window(image.ToArray(), sizes, strides, dilations, begin, end, positions);
    }

    /// <summary>How many elements a dilated window spans.</summary>
    public static long Span(int kernel, long dilation) => ((kernel - 1) * dilation) + 1;

    /// <summary>The attribute auto_pad.</summary>
    public static string AutoPad(OperatorCall call)
    {
        string auto = call.Word("auto_pad", "NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID");
        call.Require(auto == "NOTSET" || call.Ints("pads") is not { } pads || pads.All(pad => pad == 0), $"it has both auto_pad {auto} and pads");
        return auto;
    }

    /// <summary>The attribute pads: all before, then all behind.</summary>
    public static (long[] Begin, long[] End) Pads(OperatorCall call, int rank)
    {
        long[] pads = call.Ints("pads") ?? new long[2 * rank];
        call.Require(pads.Length == 2 * rank, $"attribute pads has {pads.Length} numbers for {rank} dimensions; each has one before and one behind");
        call.Require(pads.All(pad => pad is >= 0 and <= int.MaxValue), "attribute pads has a number that is negative or too large");
        return (pads[..rank], pads[rank..]);
    }

    /// <summary>An attribute of one positive step for every dimension.</summary>
    public static long[] Steps(OperatorCall call, string name, int rank)
    {
        long[] steps = call.Ints(name) ?? [];
        if (steps.Length == 0)
        {
            steps = new long[rank];
            Array.Fill(steps, 1);
        }
        call.Require(steps.Length == rank, $"attribute {name} has {steps.Length} numbers for {rank} dimensions");
        call.Require(steps.All(step => step is >= 1 and <= int.MaxValue), $"attribute {name} must be positive");
        return steps;
    }

    /// <summary>The kernel's sizes by the attribute kernel_shape, by the weights, or by both if they agree.</summary>
    public static int[] KernelShape(OperatorCall call, int rank, int[]? kernel)
    {
        long[]? stated = call.Ints("kernel_shape");
        if (stated is null || (stated.Length == 0 && kernel is not null))
            return kernel ?? throw call.Error("attribute kernel_shape is missing");
        call.Require(stated.Length == rank, $"attribute kernel_shape has {stated.Length} numbers for {rank} dimensions");
        call.Require(stated.All(size => size is >= 1 and <= int.MaxValue), "attribute kernel_shape must be positive");
        int[] sizes = [.. stated.Select(size => (int)size)];
        call.Require(kernel is null || kernel.AsSpan().SequenceEqual(sizes), $"kernel_shape {Sizes.Text(stated)} is not that of the weights, {Sizes.Text(kernel ?? [])}");
        return sizes;
    }

    /// <summary>For every position the elements of the image that the window covers, and which of its own elements covers each.</summary>
    public WindowTaps Taps(OperatorCall call)
    {
        int rank = Image.Length, kernel = Sizes.Count(Kernel), positions = Sizes.Count(Positions);
        call.CheckSizes([positions, kernel], 2 * sizeof(int));
        call.CheckWork((double)positions * kernel);
        int[] strides = Sizes.Strides(Image), kernelStrides = Sizes.Strides(Kernel), positionStrides = Sizes.Strides(Positions);
        var starts = new int[positions + 1];
        List<int> image = new(positions * kernel), own = new(positions * kernel);
        for (int p = 0; p < positions; p++)
        {
            for (int k = 0; k < kernel; k++)
            {
                int at = 0;
                bool inside = true;
                for (int d = 0; d < rank && inside; d++)
                {
                    long x = (p / positionStrides[d] % Positions[d] * Strides[d]) - Begin[d] + (k / kernelStrides[d] % Kernel[d] * Dilations[d]);
                    inside = x >= 0 && x < Image[d];
                    at += (int)x * strides[d];
                }
                if (!inside)
                    continue;
                image.Add(at);
                own.Add(k);
            }
            starts[p + 1] = image.Count;
        }
        return new WindowTaps(starts, [.. image], [.. own]);
    }

    /// <summary>How many elements of the window lie in the image or its padding at every position; those beyond, which ceil_mode lets in, do not count.</summary>
    public int[] PaddedCounts()
    {
        int[] positionStrides = Sizes.Strides(Positions), result = new int[Sizes.Count(Positions)];
        for (int p = 0; p < result.Length; p++)
        {
            int count = 1;
            for (int d = 0; d < Image.Length; d++)
            {
                long start = (p / positionStrides[d] % Positions[d] * Strides[d]) - Begin[d], left = Image[d] + End[d] - start;
                count *= (int)Math.Clamp((left + Dilations[d] - 1) / Dilations[d], 0, Kernel[d]);
            }
            result[p] = count;
        }
        return result;
    }
}

/// <summary>The elements that a window covers at position p: those from <c>Starts[p]</c> to <c>Starts[p + 1]</c>.</summary>
/// <param name="Starts">Where the taps of every position begin.</param>
/// <param name="Image">Where each lies in the image.</param>
/// <param name="Kernel">Where each lies in the window.</param>
internal sealed record WindowTaps(int[] Starts, int[] Image, int[] Kernel)
{
    public int Positions => Starts.Length - 1;
}
