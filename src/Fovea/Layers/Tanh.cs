namespace Fovea.Layers;

/// <summary>tanh x.</summary>
public sealed record Tanh : Activation;
