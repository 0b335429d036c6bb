namespace Fovea.Kernels;

/// <summary>
/// Where the pixels along one axis of an enlarged map come from: output o is nearWeight[o] · input[near[o]], plus
/// farWeight[o] · input[far[o]] if the axis blends.
/// </summary>
internal sealed class ResamplingAxis
{
    private ResamplingAxis(int input, int output, bool blends)
    {
        Input = input;
        Blends = blends;
        Near = new int[output];
        Far = new int[blends ? output : 0];
        NearWeight = new float[blends ? output : 0];
        FarWeight = new float[blends ? output : 0];
    }

    /// <summary>Every output is the input pixel in which its first edge lies.</summary>
    public static ResamplingAxis Nearest(int input, int output)
    {
        var axis = new ResamplingAxis(input, output, blends: false);
        for (int o = 0; o < output; o++)
            axis.Near[o] = (int)((long)o * input / output);
        return axis;
    }

    /// <summary>Every output is a mean of the two input pixels beside it, by their distances.</summary>
    public static ResamplingAxis Linear(int input, int output, bool alignCorners)
    {
        var axis = new ResamplingAxis(input, output, blends: true);
        for (int o = 0; o < output; o++)
        {
            double position = !alignCorners ? Math.Max(0, (o + 0.5) * input / output - 0.5)
                : output > 1 ? (double)o * (input - 1) / (output - 1) : 0;
            int near = Math.Min((int)position, input - 1);
            axis.Near[o] = near;
            axis.Far[o] = Math.Min(near + 1, input - 1);
            axis.FarWeight[o] = (float)(position - near);
            axis.NearWeight[o] = 1 - axis.FarWeight[o];
        }
        return axis;
    }

    /// <summary>Pixels of the input.</summary>
    public int Input { get; }

    /// <summary>Pixels of the output.</summary>
    public int Output => Near.Length;

    /// <summary>Whether an output comes from two pixels.</summary>
    public bool Blends { get; }

    public int[] Near { get; }

    public int[] Far { get; }

    public float[] NearWeight { get; }

    public float[] FarWeight { get; }
}
