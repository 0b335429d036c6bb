namespace Fovea.Kernels.Elementwise;

/// <summary>
/// A rectangle of outputs and how its operands lie: rows of numbers without a gap. An operand has a number for each of a
/// row's, or one for the whole row; where it has one row for all, its rows are 0 floats apart.
/// </summary>
internal struct BinaryTile
{
    public int Rows;

    /// <summary>Numbers of a row.</summary>
    public int Run;

    /// <summary>Floats from a row to the next.</summary>
    public int LeftPitch;

    /// <inheritdoc cref="LeftPitch"/>
    public int RightPitch;

    /// <inheritdoc cref="LeftPitch"/>
    public int OutputPitch;

    /// <summary>Which operands have one number for a whole row.</summary>
    public Operands Single;
}
