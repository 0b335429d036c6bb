using Fovea.Data;
using Fovea.Initializers;
using Fovea.Kernels;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Training;

/// <summary>
/// Sets a first convolution that does not learn from the images to be learnt: its kernels are the principal directions of
/// the patches it sees, scaled so that each output has mean square 1 and no two are correlated, and the same with the other
/// sign. What follows learns faster from such inputs (Page, "How to train your ResNet 8", 2019; airbench, Jordan, 2024).
/// </summary>
internal static class PatchWhitening
{
    /// <summary>Added to every mean square, so that directions which hardly occur are not blown up; airbench's.</summary>
    public const double Floor = 5e-4;

    private const int MaxImages = 5000;

    /// <summary>Sets the kernels, if the network begins with such a convolution.</summary>
    /// <param name="network">Its first node is looked at: a <see cref="Conv2d"/> that is not trainable, with two outputs for every number of a patch.</param>
    /// <param name="training">The images to be learnt, of the network's input shape; 5,000 of them are read, spread evenly.</param>
    /// <param name="normalization">What is done to every image; nothing if null.</param>
    /// <returns>Whether the network begins so.</returns>
    /// <exception cref="ArgumentException">The images do not have the shape of the network's input.</exception>
    public static bool Apply(Network network, IDataset training, Normalization? normalization = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(training);
        if (network.Nodes[0].Layer is not Conv2d { Trainable: false, Groups: 1, Connections: null } layer)
            return false;
        Parameter kernels = network.Nodes[0].Parameters[0];
        int length = kernels.Spec.FanIn;
        if (layer.OutChannels != 2 * length)
            return false;
        if (training.ImageShape != network.InputShape)
            throw new ArgumentException($"the network takes {network.InputShape}, the images of {training.Name} are {training.ImageShape}", nameof(training));
        (double[] squares, double[] directions) = SymmetricEigen.Decompose(MeanProducts(layer.WindowFor(network.InputShape), training, normalization), length);
        Span<float> values = kernels.Value.Span;
        for (int i = 0; i < length; i++)
        {
            // Rounding may leave a direction that never occurs a little below zero.
            double scale = 1 / Math.Sqrt(Math.Max(squares[i], 0) + Floor);
            for (int cell = 0; cell < length; cell++)
            {
                values[i * length + cell] = (float)(scale * directions[i * length + cell]);
                values[(length + i) * length + cell] = -values[i * length + cell];
            }
        }
        return true;
    }

    /// <summary>The mean product of every two numbers of a patch, over all patches of the images: (length, length), in a fixed order of sums.</summary>
    private static double[] MeanProducts(Window window, IDataset training, Normalization? normalization)
    {
        Shape shape = training.ImageShape;
        int length = shape.Channels * window.KernelArea, count = Math.Min(training.Count, MaxImages);
        double[] products = new double[length * length], patch = new double[length];
        float[] image = new float[shape.Length];
        long patches = 0;
        for (int i = 0; i < count; i++)
        {
            training.Read((int)((long)i * training.Count / count), image);
            normalization?.Apply(image, shape);
            for (int oh = 0; oh < window.OutputHeight; oh++)
                for (int ow = 0; ow < window.OutputWidth; ow++)
                {
                    if (!TryCut(window, image, shape, oh, ow, patch))
                        continue;
                    patches++;
                    for (int a = 0; a < length; a++)
                        for (int b = a; b < length; b++)
                            products[a * length + b] += patch[a] * patch[b];
                }
        }
        for (int a = 0; a < length; a++)
            for (int b = a; b < length; b++)
                products[b * length + a] = products[a * length + b] /= Math.Max(1, patches);
        return products;
    }

    /// <summary>One patch in the order of a kernel; false if it reaches over the edge, whose zeros are no image.</summary>
    private static bool TryCut(Window window, float[] image, Shape shape, int oh, int ow, double[] patch)
    {
        WindowRange rows = window.Rows(oh), columns = window.Columns(ow);
        int cell = 0;
        for (int c = 0; c < shape.Channels; c++)
            for (int ih = rows.First; ih < rows.End; ih += rows.Step)
                for (int iw = columns.First; iw < columns.End; iw += columns.Step)
                    patch[cell++] = image[(c * shape.Height + ih) * shape.Width + iw];
        return cell == patch.Length;
    }
}
