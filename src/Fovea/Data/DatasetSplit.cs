namespace Fovea.Data;

/// <summary>The two parts that a data set is published in.</summary>
public enum DatasetSplit
{
    /// <summary>What to learn from.</summary>
    Train,

    /// <summary>What to be judged by.</summary>
    Test,
}
