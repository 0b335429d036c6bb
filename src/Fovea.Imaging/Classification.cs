namespace Fovea.Imaging;

/// <summary>What a classifier makes of an image.</summary>
/// <param name="Guesses">The most probable classes, best first; as many as were asked for, or all if there are fewer.</param>
/// <param name="Notes">What was done to the image before, each in a few words: <c>scaled from 640×480 to 64×64</c>; empty if nothing.</param>
public sealed record Classification(IReadOnlyList<Guess> Guesses, IReadOnlyList<string> Notes)
{
    /// <summary>The most probable class.</summary>
    public Guess Best => Guesses[0];
}

/// <summary>An image of many, and what a classifier makes of it or why it cannot.</summary>
/// <param name="Name">The image's name: a file's path.</param>
/// <param name="Classification">What it shows; null if it cannot be classified.</param>
/// <param name="Error">Why it cannot be classified, in one line; null if it can.</param>
public sealed record ClassifiedImage(string Name, Classification? Classification, string? Error);
