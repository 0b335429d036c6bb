namespace Fovea.Data;

/// <summary>A data set that knows which of its samples are the same, so that they can be kept in one part.</summary>
internal interface IContentHash : IDataset
{
    /// <summary>Equal for samples of the same content only.</summary>
    UInt128 ContentHash(int index);

    /// <summary>What messages call a sample.</summary>
    string NameOf(int index);
}
