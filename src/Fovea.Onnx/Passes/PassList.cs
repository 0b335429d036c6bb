namespace Fovea.Onnx.Passes;

/// <summary>The passes in the order in which they run, all of them again until none changes anything.</summary>
internal static class PassList
{
    // A rewrite makes a graph smaller or moves a transposition on; more rounds than this are a fault.
    private const int MostRounds = 100;

    // Transpositions move last: they would part what other passes know by its neighbours.
    private static readonly Func<ImportGraph, bool>[] Passes =
    [
        IdentityRemoval.Run, ActivationFusion.Run, LayerNormFusion.Run, ConvolutionFusion.Run, LinearFusion.Run, Transposes.Run,
    ];

    /// <summary>Rewrites a graph whose constants and sizes are known.</summary>
    public static void Run(ImportGraph graph)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            bool changed = false;
            foreach (Func<ImportGraph, bool> pass in Passes)
                if (pass(graph))
                {
                    changed = true;
                    graph.DropUnread();
                    Inference.Run(graph);
                }
            if (!changed)
                return;
        }
    }
}
