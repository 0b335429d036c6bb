using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>How layers behave that do something else in training than in use.</summary>
[Flags]
public enum LayerBehavior
{
    /// <summary>Batch normalisation uses its running statistics; dropout passes everything.</summary>
    Inference = 0,

    /// <summary>Batch normalisation uses the batch's statistics, and its running statistics follow them.</summary>
    BatchStatistics = 1,

    /// <summary>Dropout drops.</summary>
    Dropout = 2,

    /// <summary>Batch statistics, and dropout drops.</summary>
    Training = BatchStatistics | Dropout,
}

/// <summary>
/// How a network is to run. What a plan computes is said by three independent options: which gradients
/// (<see cref="ParameterGradients"/>, <see cref="InputGradient"/>, <see cref="NodeGradients"/>), which
/// <see cref="Behavior"/>, and which activations can be read afterwards (<see cref="KeepActivations"/>). Unless asked for more, a plan
/// computes outputs alone, which is fastest.
/// </summary>
public sealed record PlanOptions
{
    /// <summary>What a training step needs: the parameters' gradients, batch statistics and dropout.</summary>
    /// <example><c>network.Compile(PlanOptions.Training with { Batch = 64 })</c></example>
    public static PlanOptions Training { get; } = new() { ParameterGradients = true, Behavior = LayerBehavior.Training };

    /// <summary>The largest number of samples in one call.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>The most threads it may use; the results are the same for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The shape of one input sample, if another than the network's own.</summary>
    public Shape? InputShape { get; init; }

    /// <summary>Whether backward computes the gradients of the parameters that are not frozen.</summary>
    public bool ParameterGradients { get; init; }

    /// <summary>Whether backward computes the gradient with respect to the network's input.</summary>
    public bool InputGradient { get; init; }

    /// <summary>The nodes whose outputs' gradients can be read after backward, with <see cref="Plan.ReadGradient"/>.</summary>
    public NodeSelection NodeGradients { get; init; } = NodeSelection.None;

    /// <summary>How layers behave that do something else in training than in use, whether or not there are gradients.</summary>
    public LayerBehavior Behavior { get; init; } = LayerBehavior.Inference;

    /// <summary>
    /// The nodes whose outputs can be read after a run, with <see cref="Plan.ReadActivation"/>. Others may never be written:
    /// they vanish inside fused operators, or their memory is used again.
    /// </summary>
    public NodeSelection KeepActivations { get; init; } = NodeSelection.None;

    /// <summary>Names the random streams of dropout.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Whether 3 × 3 convolutions may be computed by Winograd's transform: with a quarter of the products, and an error
    /// of about 1.5e-6 of the outputs' standard deviation instead of 2e-7.
    /// </summary>
    public bool Winograd { get; init; } = true;

    /// <summary>How the network runs in int8, for inference; in floats if null.</summary>
    public QuantizationScheme? Quantization { get; init; }

    /// <summary>How many samples lie side by side, 1 or 16; chosen by the batch unless a test sets it.</summary>
    internal int? Lanes { get; init; }

    /// <summary>Whether channels lie in blocks; chosen by network and batch unless a test sets it.</summary>
    internal bool? Blocked { get; init; }

    /// <summary>Whether there is a backward.</summary>
    internal bool HasGradients => ParameterGradients || InputGradient || !NodeGradients.IsEmpty;

    internal bool UsesBatchStatistics => Behavior.HasFlag(LayerBehavior.BatchStatistics);

    internal bool DropsOut => Behavior.HasFlag(LayerBehavior.Dropout);

    /// <summary>Whether somebody reads activations or their gradients after a run.</summary>
    internal bool IsRead => !KeepActivations.IsEmpty || !NodeGradients.IsEmpty;
}
