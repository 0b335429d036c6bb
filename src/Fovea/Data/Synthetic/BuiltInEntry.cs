using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>A data set that is generated when it is opened.</summary>
/// <param name="Name">The name it is asked for by.</param>
/// <param name="Description">What it shows, in one sentence.</param>
/// <param name="ImageShape">(C, H, W) of every image.</param>
/// <param name="ClassNames">The classes' names.</param>
/// <param name="TrainCount">How many images there are to learn from.</param>
/// <param name="TestCount">How many images there are to be judged by.</param>
public sealed record BuiltInEntry(
    string Name, string Description, Shape ImageShape, IReadOnlyList<string> ClassNames, int TrainCount, int TestCount);
