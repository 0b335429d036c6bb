using Fovea.Execution.Quantized;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>What a plan is for.</summary>
public enum PlanMode
{
    /// <summary>Forward only: batch normalisation uses its running statistics, dropout passes everything.</summary>
    Inference,

    /// <summary>Forward and backward: batch statistics, dropout active.</summary>
    Training,
}

/// <summary>How a network is to run.</summary>
public sealed record PlanOptions
{
    /// <summary>The largest number of samples in one call.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>What the plan is for.</summary>
    public PlanMode Mode { get; init; } = PlanMode.Inference;

    /// <summary>The most threads it may use; the results are the same for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The shape of one input sample, if another than the network's own.</summary>
    public Shape? InputShape { get; init; }

    /// <summary>
    /// Whether every node's activation of the whole batch can be read after a run, and <see cref="Plan.Backward"/> be
    /// called. Without, activations are forgotten sample by sample, which is faster: the caches hold them.
    /// </summary>
    public bool KeepActivations { get; init; } = true;

    /// <summary>Whether backward also computes the gradient with respect to the network's input.</summary>
    public bool InputGradient { get; init; }

    /// <summary>Names the random streams of dropout.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Whether 3 × 3 convolutions may be computed by Winograd's transform: with a quarter of the products, and an error
    /// of about 1.5e-6 of the outputs' standard deviation instead of 2e-7.
    /// </summary>
    public bool Winograd { get; init; } = true;

    /// <summary>How the network runs in bytes, in inference; in floats if null.</summary>
    public QuantizationScheme? Quantization { get; init; }

    /// <summary>How many samples lie side by side, 1 or 16; chosen by the batch unless a test sets it.</summary>
    internal int? Lanes { get; init; }

    /// <summary>Whether channels lie in blocks; chosen by network and batch unless a test sets it.</summary>
    internal bool? Blocked { get; init; }
}
