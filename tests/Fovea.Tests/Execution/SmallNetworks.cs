using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Execution;

/// <summary>Networks and data that several tests run.</summary>
internal static class SmallNetworks
{
    public const int Inputs = 2 * 9 * 8;
    public const int Classes = 5;

    /// <summary>A convolution, its usual company, and a classifier.</summary>
    public static Network Classifier() => Network.Sequential(
        new Shape(2, 9, 8), new Conv2d(2, 7, 3, stride: 2, padding: 1), new ReLU(), new MaxPool2d(2), new Flatten(),
        new Linear(7 * 2 * 2, Classes), new Softmax());

    /// <summary>(count, inputs).</summary>
    public static float[] Samples(int count, ulong seed)
    {
        var rng = new Rng(seed);
        return Numbers.Gaussian(ref rng, count * Inputs);
    }

    /// <summary>(count, classes).</summary>
    public static float[] Upstream(int count, ulong seed)
    {
        var rng = new Rng(seed);
        return Numbers.Gaussian(ref rng, count * Classes);
    }

    /// <summary>One-hot rows: (count, classes).</summary>
    public static float[] Targets(int count)
    {
        var targets = new float[count * Classes];
        for (int n = 0; n < count; n++)
            targets[n * Classes + n * 3 % Classes] = 1;
        return targets;
    }

    /// <summary>Everything that a forward and a backward give, one after the other.</summary>
    public static float[] Everything(Plan plan, float[] input, float[] upstream)
    {
        plan.Forward(input);
        plan.Backward(upstream);
        return
        [
            .. plan.Outputs, .. plan.InputGradient,
            .. Enumerable.Range(0, plan.Network.TrainableParameters.Count).SelectMany(p => plan.Gradient(p).ToArray()),
        ];
    }
}
