namespace Fovea.Initializers;

/// <summary>Initialisers by the names that commands and model files use.</summary>
public static class InitializerFactory
{
    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "constant", "gaussian", "uniform", "xavier-uniform", "xavier-normal", "he-uniform", "he-normal",
        "lecun-uniform", "lecun-normal", "fan-in-uniform",
    ];

    /// <summary>Makes an initialiser.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="settings">
    /// <c>constant</c>: the value; <c>gaussian</c>: deviation and, if not 0, mean; <c>uniform</c>: lower and upper bound;
    /// the others have none.
    /// </param>
    /// <exception cref="ArgumentException">The name is unknown, or the settings are not this initialiser's.</exception>
    public static Initializer Create(string name, params ReadOnlySpan<double> settings) => (name, settings.Length) switch
    {
        ("constant", 1) => new Constant((float)settings[0]),
        ("gaussian", 1) => new Gaussian(settings[0]),
        ("gaussian", 2) => new Gaussian(settings[0], settings[1]),
        ("uniform", 2) => new Uniform(settings[0], settings[1]),
        ("xavier-uniform", 0) => new Xavier(Distribution.Uniform),
        ("xavier-normal", 0) => new Xavier(Distribution.Normal),
        ("he-uniform", 0) => new He(Distribution.Uniform),
        ("he-normal", 0) => new He(Distribution.Normal),
        ("lecun-uniform", 0) => new LeCun(Distribution.Uniform),
        ("lecun-normal", 0) => new LeCun(Distribution.Normal),
        ("fan-in-uniform", 0) => new FanInUniform(),
        _ when Names.Contains(name) => throw new ArgumentException($"the initializer '{name}' takes {Takes(name)}, got {settings.Length}"),
        _ => throw Guard.Unknown("initializer", name, Names),
    };

    /// <summary>The name and settings from which <see cref="Create"/> makes an equal initialiser.</summary>
    /// <exception cref="ArgumentException">The initialiser has no such name, as <see cref="Values"/>.</exception>
    public static (string Name, double[] Settings) Describe(Initializer initializer) => initializer switch
    {
        Constant constant => ("constant", [constant.Value]),
        Gaussian gaussian => ("gaussian", [gaussian.Deviation, gaussian.Mean]),
        Uniform uniform => ("uniform", [uniform.Low, uniform.High]),
        Xavier xavier => (WithForm("xavier", xavier), []),
        He he => (WithForm("he", he), []),
        LeCun leCun => (WithForm("lecun", leCun), []),
        FanInUniform => ("fan-in-uniform", []),
        _ => throw new ArgumentException($"{initializer} has no name to be stored under"),
    };

    private static string WithForm(string name, VarianceScaling rule) =>
        rule.Distribution == Distribution.Normal ? name + "-normal" : name + "-uniform";

    private static string Takes(string name) => name switch
    {
        "constant" => "one setting, the value",
        "gaussian" => "one or two settings, deviation and mean",
        "uniform" => "two settings, the lower and the upper bound",
        _ => "no settings",
    };
}
