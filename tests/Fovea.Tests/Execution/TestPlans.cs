using Fovea.Execution;

namespace Fovea.Tests.Execution;

/// <summary>Options that many tests share.</summary>
internal static class TestPlans
{
    /// <summary>For a training step, or for use.</summary>
    public static PlanOptions For(bool training) => training ? PlanOptions.Training : new PlanOptions();

    /// <summary>With every activation, and every gradient if there are any, to be read.</summary>
    public static PlanOptions Readable(this PlanOptions options, bool readable = true) => !readable ? options : options with
    {
        KeepActivations = NodeSelection.All,
        NodeGradients = options.ParameterGradients || options.InputGradient ? NodeSelection.All : NodeSelection.None,
    };
}
