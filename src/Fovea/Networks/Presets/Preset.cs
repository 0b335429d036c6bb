using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>A network to start from, for any number of classes and any reasonable size of image.</summary>
public sealed class Preset
{
    /// <summary>Images of a folder may be of any size; larger inputs than this, or than the network was made for, have to be asked for.</summary>
    public const int LargestDefaultSide = 64;

    private readonly int _smallest;
    private readonly Func<Layer, ParameterSpec, Initializer> _start;
    private readonly Action<NetworkBuilder, int> _build;

    /// <param name="name">The name in commands.</param>
    /// <param name="description">One line.</param>
    /// <param name="inputShape">The input it was made for.</param>
    /// <param name="smallest">The fewest rows and columns that leave something to look at.</param>
    /// <param name="recipe">How it is trained well.</param>
    /// <param name="start">What each parameter of each layer starts from.</param>
    /// <param name="build">Adds the nodes up to a vector of as many numbers as there are classes; softmax follows.</param>
    internal Preset(
        string name, string description, Shape inputShape, int smallest, TrainingRecipe recipe,
        Func<Layer, ParameterSpec, Initializer> start, Action<NetworkBuilder, int> build)
    {
        Name = name;
        Description = description;
        InputShape = inputShape;
        Recipe = recipe;
        _smallest = smallest;
        _start = start;
        _build = build;
    }

    /// <summary>A preset whose weights all start from one rule, and everything else as the layers would have it.</summary>
    internal Preset(string name, string description, Shape inputShape, int smallest, TrainingRecipe recipe, Initializer weights, Action<NetworkBuilder, int> build)
        : this(name, description, inputShape, smallest, recipe, (_, spec) => spec.Role == ParameterRole.Weight ? weights : spec.Initializer, build)
    {
    }

    /// <summary>The name in commands: <c>lenet5</c>.</summary>
    public string Name { get; }

    /// <summary>What it is, in one line.</summary>
    public string Description { get; }

    /// <summary>The input it was made for, (C, H, W).</summary>
    public Shape InputShape { get; }

    /// <summary>How it is trained unless told otherwise.</summary>
    public TrainingRecipe Recipe { get; }

    /// <summary>Whether images are fitted to <see cref="InputShape"/>'s height and width, whatever size they have.</summary>
    internal bool IsOfOneSize { get; init; }

    /// <summary>Whether it takes texts, as word numbers (L), and no images.</summary>
    public bool TakesText => InputShape.Rank == 1;

    /// <summary>The same preset for so many words and vectors of so many numbers (its own if null); null for one that takes images.</summary>
    internal Func<int, int?, Preset>? ForWords { get; init; }

    /// <summary>The input for images of this shape unless another is asked for: grey or colour as they are, and not so large that training takes hours.</summary>
    /// <param name="images">(C, H, W).</param>
    /// <returns>(C, H, W): the size that the preset was made for, if it was made for one; else the images' own, limited to the larger of that and 64 × 64.</returns>
    public Shape InputFor(Shape images)
    {
        return TakesText ? images : IsOfOneSize
            ? new Shape(images.Channels, InputShape.Height, InputShape.Width)
            : new Shape(images.Channels, Bounded(images.Height, InputShape.Height), Bounded(images.Width, InputShape.Width));

        static int Bounded(int side, int own) => Math.Min(side, Math.Max(own, LargestDefaultSide));
    }

    /// <summary>Makes the network with freshly drawn parameters; its last node is <see cref="Softmax"/>.</summary>
    /// <param name="input">(C, H, W), 1 channel for grey, 3 for colour.</param>
    /// <param name="classes">How many classes, 2 or more.</param>
    /// <param name="seed">Same seed, same parameters.</param>
    /// <exception cref="ShapeException">The input is not (C, H, W), or too small.</exception>
    /// <exception cref="ArgumentException">There are fewer than 2 classes.</exception>
    public Network Create(Shape input, int classes, ulong seed = 1)
    {
        Network network = CreateBlank(input, classes);
        Initialize(network, seed);
        return network;
    }

    /// <summary>Draws the parameters of any network by this preset's rule.</summary>
    internal void Initialize(Network network, ulong seed) => network.Initialize(seed, _start);

    /// <summary>
    /// Makes the network with all parameters zero, to be filled by <c>ModelFile.LoadParameters</c>
    /// or only to be looked at: drawing them would be wasted.
    /// </summary>
    /// <inheritdoc cref="Create"/>
    public Network CreateBlank(Shape input, int classes)
    {
        if (TakesText ? input.Rank != 1 || input.Length < _smallest : !input.IsMaps || input.Height < _smallest || input.Width < _smallest)
            throw new ShapeException(TakesText ? $"{Name} takes texts (L) of at least {_smallest} word numbers, got {input}" : $"{Name} takes images (C, H, W) of at least {_smallest}×{_smallest} pixels, got {input}");
        if (classes < 2)
            throw new ArgumentException($"{Name} needs 2 or more classes, got {classes}", nameof(classes));
        var builder = new NetworkBuilder(input);
        _build(builder, classes);
        return builder.Softmax("softmax").BuildBlank(Name);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Description}";
}

/// <summary>How a preset is trained unless told otherwise. Names are those of the optimisers' and schedules' factories.</summary>
public sealed record TrainingRecipe
{
    /// <summary>How often every sample is seen.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples a step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The optimiser's name.</summary>
    public string Optimizer { get; init; } = "adamw";

    /// <summary>The base learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Momentum; null for optimisers that have none.</summary>
    public double? Momentum { get; init; }

    /// <summary>Weight decay.</summary>
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>The schedule's name.</summary>
    public string Schedule { get; init; } = "cosine";
}
