namespace Fovea.Tests;

/// <summary>Comparison of many numbers with an absolute and a relative tolerance, naming the first that differs.</summary>
internal static class Close
{
    public static void Assert(IReadOnlyList<double> expected, ReadOnlySpan<float> actual, double absolute, double relative)
    {
        Xunit.Assert.Equal(expected.Count, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            double tolerance = absolute + relative * Math.Abs(expected[i]);
            Xunit.Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"element {i}: expected {expected[i]}, got {actual[i]}");
        }
    }
}
