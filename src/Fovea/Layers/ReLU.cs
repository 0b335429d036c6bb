namespace Fovea.Layers;

/// <summary>max(0, x): the rectifier.</summary>
public sealed record ReLU : Activation;
