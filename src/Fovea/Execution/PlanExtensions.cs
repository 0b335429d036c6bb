using Fovea.Networks;

namespace Fovea.Execution;

/// <summary>The short form of compiling.</summary>
public static class PlanExtensions
{
    /// <summary>Compiles the network to run as the options say; for one sample, in inference, unless given.</summary>
    /// <inheritdoc cref="Plan.Compile"/>
    public static Plan Compile(this Network network, PlanOptions? options = null) => Plan.Compile(network, options);
}
