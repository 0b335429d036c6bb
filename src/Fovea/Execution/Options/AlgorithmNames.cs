namespace Fovea.Execution;

/// <summary>What operators say of how they work, where the expected times depend on it.</summary>
internal static class AlgorithmNames
{
    /// <summary>Convolution with samples side by side.</summary>
    public const string TapTable = "table of taps";

    /// <summary>The same over zeros between the pixels, three for each at a stride of 2.</summary>
    public const string SpreadTapTable = "table of taps, transposed";

    /// <summary>The same with ReLU and pooling.</summary>
    public const string PooledTapTable = "table of taps, pooled in registers";

    /// <summary>Linear layers with samples side by side.</summary>
    public const string MatrixProduct = "matrix product";

    /// <summary>Whole numbers of eight bits, four to a float's place; the shares are from whole networks.</summary>
    public const string Int8Direct = "int8 direct";

    /// <summary>The same by Winograd's transform.</summary>
    public const string Int8Winograd = "int8 Winograd";
}
