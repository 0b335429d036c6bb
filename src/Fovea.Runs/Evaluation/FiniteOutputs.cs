using Fovea.Data;
using Fovea.Runs.Datasets;

namespace Fovea.Runs.Evaluation;

/// <summary>Refuses models whose outputs are no numbers, of which no ranking or figure can be made.</summary>
internal static class FiniteOutputs
{
    /// <summary>Checks the probabilities of an image.</summary>
    /// <exception cref="RunException">One is NaN or infinite.</exception>
    public static void Require(ReadOnlySpan<float> probabilities, string image)
    {
        if (!AreFinite(probabilities))
            throw new RunException($"the network's outputs for {Printable.Escape(image)} are not finite numbers: its weights are damaged, or its training diverged; train it again, with a lower --lr");
    }

    /// <summary>Checks the probabilities of a sample.</summary>
    /// <exception cref="RunException">One is NaN or infinite.</exception>
    public static void Require(ReadOnlySpan<float> probabilities, IDataset dataset, int index)
    {
        if (!AreFinite(probabilities))
            Require(probabilities, SampleName.Of(dataset, index));
    }

    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
            if (!float.IsFinite(value))
                return false;
        return true;
    }
}
