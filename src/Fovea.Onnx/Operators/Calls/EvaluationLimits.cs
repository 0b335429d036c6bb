namespace Fovea.Onnx.Operators.Calls;

/// <summary>What one operation may cost, checked before memory is taken: a file of a hundred bytes can ask for terabytes.</summary>
/// <param name="Bytes">The most bytes that a tensor it makes may have.</param>
/// <param name="Work">The most multiply-adds, or elements looked at, that it may take.</param>
internal sealed record EvaluationLimits(long Bytes, long Work)
{
    /// <summary>For networks that run: an activation larger than 2 GiB is no image classifier's.</summary>
    public static EvaluationLimits Default { get; } = new(int.MaxValue, 1L << 40);

    /// <summary>For constants worked out while a file is read: shapes, tables, weights put in another form.</summary>
    public static EvaluationLimits Folding { get; } = new(1L << 28, 1L << 32);
}
