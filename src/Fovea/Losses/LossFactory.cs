namespace Fovea.Losses;

/// <summary>Losses by the names that commands and checkpoints use.</summary>
public static class LossFactory
{
    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cross-entropy", "mse"];

    /// <summary>Makes a loss.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">Its settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is unknown, or a setting is out of range or not one of this loss's.</exception>
    public static Loss Create(string name, LossOptions? options = null)
    {
        options ??= new LossOptions();
        if (name == "mse" && options != new LossOptions())
            throw new ArgumentException("mse has no label smoothing and no class weights");
        return name switch
        {
            "cross-entropy" => new SoftmaxCrossEntropy(options.LabelSmoothing ?? 0, options.ClassWeights),
            "mse" => new MeanSquaredError(),
            _ => throw Guard.Unknown("loss", name, Names),
        };
    }

    /// <summary>The name and settings from which <see cref="Create"/> makes an equal loss.</summary>
    /// <exception cref="ArgumentException">The loss is not one of this library's.</exception>
    public static (string Name, LossOptions Options) Describe(Loss loss) => loss switch
    {
        SoftmaxCrossEntropy entropy => ("cross-entropy", new LossOptions
        {
            LabelSmoothing = entropy.LabelSmoothing,
            ClassWeights = entropy.ClassWeights,
        }),
        MeanSquaredError => ("mse", new LossOptions()),
        _ => throw new ArgumentException($"{loss} has no name to be stored under"),
    };
}

/// <summary>Settings of losses; null leaves a setting at its default.</summary>
public sealed record LossOptions
{
    /// <summary>The share of every target that is spread evenly over all classes: [0, 1).</summary>
    public double? LabelSmoothing { get; init; }

    /// <summary>One weight a class.</summary>
    public IReadOnlyList<float>? ClassWeights { get; init; }
}
