namespace Fovea.Runs.Settings;

/// <summary>What a user says of a model file of another program that does not say it itself.</summary>
public sealed record ModelSource
{
    /// <summary>A file with the names of the classes.</summary>
    public string? Labels { get; init; }

    /// <summary>The order of colours: <c>rgb</c> or <c>bgr</c>.</summary>
    public string? Channels { get; init; }

    /// <summary>The value of a white pixel.</summary>
    public double? Scale { get; init; }

    /// <summary>What is subtracted from every channel.</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>What every channel is divided by.</summary>
    public IReadOnlyList<double>? Deviation { get; init; }

    /// <summary>Height and width of the images, where the file leaves them open.</summary>
    public IReadOnlyList<int>? InputSize { get; init; }

    /// <summary>The first option that is given; null if none is.</summary>
    internal string? FirstGiven =>
        Labels is not null ? "--labels" : Channels is not null ? "--channels" : Scale is not null ? "--scale"
        : Mean is not null ? "--mean" : Deviation is not null ? "--std" : InputSize is not null ? "--input-size" : null;

    /// <summary>Throws unless all is such as the command line allows.</summary>
    internal void Check()
    {
        if (Channels is not (null or "rgb" or "bgr"))
            throw new ArgumentException("the channels of --from are rgb or bgr");
        if (Scale is not null && !(Scale > 0 && double.IsFinite(Scale.Value)) || !(Mean ?? []).Concat(Deviation ?? []).All(double.IsFinite))
            throw new ArgumentException("scale, mean and deviation of --from are finite numbers, the scale above 0");
        if (InputSize is not (null or [> 0, > 0]))
            throw new ArgumentException("the input size of --from is a height and a width");
    }
}
