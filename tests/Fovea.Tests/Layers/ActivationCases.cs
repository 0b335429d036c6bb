using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>The activations' part of <see cref="LayerCases"/>: each with its meaning, in double precision and as plainly as can be.</summary>
internal static class ActivationCases
{
    private static readonly Shape Maps = new(3, 5, 4);

    public static IReadOnlyList<LayerCase> All { get; } =
    [
        Case(new ReLU(), x => Math.Max(0, x)),
        Case(new ReLU6(), x => Math.Clamp(x, 0, 6)),
        Case(new LeakyReLU(0.2), x => x > 0 ? x : 0.2 * x),
        Case(new LeakyReLU(-1.5), x => x > 0 ? x : -1.5 * x),
        Case(new Clamp(), x => Math.Clamp(x, -1, 1)),
        Case(new Clamp(-1.75, 0.625), x => Math.Clamp(x, -1.75, 0.625)),
        Case(new Sigmoid(), x => 1 / (1 + Math.Exp(-x))),
        Case(new HardSigmoid(), x => Math.Clamp(x + 3, 0, 6) / 6),
        Case(new Tanh(), Math.Tanh),
        Case(new ScaledTanh(), x => 1.7159 * Math.Tanh(2 * x / 3)),
        Case(new GELU(), x => x * (1 + References.Erf(x / Math.Sqrt(2))) / 2),
        Case(new GELU(), x => x * (1 + References.Erf(x / Math.Sqrt(2))) / 2, new(5, 9, 29)),
        Case(new SiLU(), x => x / (1 + Math.Exp(-x))),
        Case(new HardSwish(), x => x * Math.Clamp(x + 3, 0, 6) / 6),
        Case(new Mish(), x => x * Math.Tanh(Math.Log(1 + Math.Exp(x)))),
        Case(new ELU(), x => x > 0 ? x : Math.Exp(x) - 1),
        Case(new ELU(0.3), x => x > 0 ? x : 0.3 * (Math.Exp(x) - 1), new(6)),
        Case(new SELU(), x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1))),
        Case(new Softplus(), x => Math.Log(1 + Math.Exp(x))),
        Case(new Softplus(2.5, threshold: 1), x => 2.5 * x > 1 ? x : Math.Log(1 + Math.Exp(2.5 * x)) / 2.5),
    ];

    private static LayerCase Case(Activation layer, Func<double, double> meaning, Shape? shape = null) =>
        new(
            string.Join(' ', new[] { layer.GetType().Name, LayerTable.Write(layer).Words, shape?.ToString() }.Where(word => !string.IsNullOrEmpty(word))),
            layer, [shape ?? Maps], shape ?? Maps, References.Elements(meaning));
}
