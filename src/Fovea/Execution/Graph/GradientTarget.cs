namespace Fovea.Execution.Graph;

/// <summary>What becomes of an input's gradient.</summary>
internal enum GradientTarget
{
    /// <summary>Nobody needs it.</summary>
    None,

    /// <summary>The operator writes it in place.</summary>
    Write,

    /// <summary>It is added to what other operators fed by the same value wrote.</summary>
    Add,
}
