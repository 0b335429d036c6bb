using System.Text.Json;
using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>Layers against PyTorch 1.13: outputs, gradients, and statistics after several steps.</summary>
public class LayerGoldenTests
{
    private static readonly JsonElement Golden = GoldenFile.Read("layers");

    private static readonly Dictionary<string, Layer> Layers = new()
    {
        ["BatchNorm2d"] = new BatchNorm2d(2),
        ["BatchNorm2d of vectors"] = new BatchNorm2d(5, eps: 1e-3, momentum: 0.25),
        ["BatchNorm2d, not affine"] = new BatchNorm2d(2, affine: false),
        ["LocalResponseNorm"] = new LocalResponseNorm(3, alpha: 0.5, beta: 0.75, k: 2),
        ["LocalResponseNorm, even"] = new LocalResponseNorm(4, alpha: 1.5),
        ["GELU"] = new GELU(),
        ["SiLU"] = new SiLU(),
        ["PReLU"] = new PReLU(),
        ["PReLU by channel"] = new PReLU(2),
        ["AvgPool2d"] = new AvgPool2d(2),
        ["AvgPool2d, ceil"] = new AvgPool2d(2, ceil: true),
        ["AvgPool2d, padding"] = new AvgPool2d((3, 2), stride: (2, 1), padding: 1),
        ["AvgPool2d, ceil and padding"] = new AvgPool2d(3, stride: 2, padding: 1, ceil: true),
        ["AvgPool2d, ceil, padding, real pixels"] = new AvgPool2d(3, stride: 2, padding: 1, ceil: true, countIncludePad: false),
        ["MaxPool2d, ceil and padding"] = new MaxPool2d(3, stride: 2, padding: 1, ceil: true),
        ["GlobalAvgPool2d"] = new GlobalAvgPool2d(),
        ["ReLU6"] = new ReLU6(),
        ["AdaptiveAvgPool2d"] = new AdaptiveAvgPool2d((3, 2)),
        ["AdaptiveAvgPool2d, larger output"] = new AdaptiveAvgPool2d((7, 4)),
        ["HardSwish"] = new HardSwish(),
        ["HardSigmoid"] = new HardSigmoid(),
        ["ELU"] = new ELU(),
        ["ELU, alpha"] = new ELU(0.3),
        ["SELU"] = new SELU(),
        ["Mish"] = new Mish(),
        ["Softplus"] = new Softplus(),
        ["Softplus, beta and threshold"] = new Softplus(2.5, threshold: 4),
        ["Clamp"] = new Clamp(),
        ["Clamp, bounds"] = new Clamp(-1.75, 4.5),
        ["Transpose"] = new Transpose(1, 2, 0),
        ["Narrow"] = new Narrow(1, 1, 2),
        ["Pad"] = new Pad([2, 0, 1], [0, 3, 2], value: -0.5),
        ["Pad, reflected"] = new Pad([0, 1, 3], [0, 2, 4], PadMode.Reflect),
        ["Pad, replicated"] = new Pad([0, 0, 2], [0, 3, 1], PadMode.Replicate),
        ["ReduceSum"] = new ReduceSum([0, 2]),
        ["ReduceMean"] = new ReduceMean([1, 2], keepDimensions: true),
        ["ReduceMax"] = new ReduceMax([1]),
        ["ReduceMin"] = new ReduceMin(),
        ["Softmax"] = new Softmax(),
        ["Softmax, last dimension"] = new Softmax(-1),
        ["Concat, with itself"] = new Concat(1),
        ["LayerNorm"] = new LayerNorm([5]),
        ["LayerNorm of maps"] = new LayerNorm([2, 3, 4], eps: 1e-2),
        ["LayerNorm, not affine"] = new LayerNorm([7], affine: false),
        ["GroupNorm"] = new GroupNorm(2, 6),
        ["GroupNorm of a vector"] = new GroupNorm(3, 9),
        ["GroupNorm of a sequence, not affine"] = new GroupNorm(1, 4, eps: 1e-3, affine: false),
        ["InstanceNorm2d"] = new InstanceNorm2d(2),
        ["InstanceNorm2d, affine"] = new InstanceNorm2d(2, eps: 1e-3, affine: true),
        ["ConvTranspose2d"] = new ConvTranspose2d(2, 3, 2, stride: 2),
        ["ConvTranspose2d, output padding"] = new ConvTranspose2d(2, 3, 3, stride: 2, padding: 1, outputPadding: 1),
        ["ConvTranspose2d, in groups"] = new ConvTranspose2d(4, 6, (3, 2), stride: (1, 3), padding: (0, 1), outputPadding: (0, 2), groups: 2, bias: false),
        ["ConvTranspose2d, dilated"] = new ConvTranspose2d(2, 2, 2, stride: (1, 2), padding: 1, outputPadding: (2, 1), dilation: (3, 2)),
        ["Upsample2d"] = new Upsample2d(2),
        ["Upsample2d, rows"] = new Upsample2d((3, 1)),
        ["Upsample2d, bilinear"] = new Upsample2d((2, 3), UpsampleMode.Bilinear),
        ["Upsample2d, corners aligned"] = new Upsample2d((3, 2), UpsampleMode.Bilinear, alignCorners: true),
        ["Add"] = new Add(),
        ["Subtract"] = new Subtract(),
        ["Multiply"] = new Multiply(),
        ["Divide"] = new Divide(),
        ["Minimum"] = new Minimum(),
        ["Maximum"] = new Maximum(),
        ["Maximum, repeated"] = new Maximum(),
        ["MatMul"] = new MatMul(),
        ["MatMul, in batches"] = new MatMul(),
        ["MatMul, a vector and matrices"] = new MatMul(),
        ["MatMul, matrices and a vector"] = new MatMul(),
        ["MatMul, vectors"] = new MatMul(),
        ["Linear, last dimension"] = new Linear(4, 3),
        ["Embedding"] = new Embedding(6, 4),
        ["Embedding, padding"] = new Embedding(6, 4, paddingIndex: 0),
        ["Embedding, another padding"] = new Embedding(6, 3, paddingIndex: 3),
    };

    public static TheoryData<string> Names => [.. Golden.EnumerateObject().Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Agrees_with_PyTorch(string name)
    {
        JsonElement golden = Golden.GetProperty(name);
        // What takes several inputs takes two of its own, or the same one twice.
        string[] from = [.. Enumerable.Repeat(NetworkBuilder.Input, Layers[name].InputCount ?? 2)];
        Network network = golden.TryGetProperty("shapes", out JsonElement shapes)
            ? NetworkBuilder.WithInputs(("left", ShapeOf(shapes[0])), ("right", ShapeOf(shapes[1]))).Add(Layers[name], "pair", "left", "right").Build()
            : new NetworkBuilder(ShapeOf(golden.GetProperty("shape"))).Add(Layers[name], from: from).Build();
        foreach (JsonProperty parameter in golden.GetProperty("parameters").EnumerateObject())
            parameter.Value.Floats().CopyTo(Find(network.Parameters, parameter.Name).Value.Span);
        float[][] inputs = [.. golden.GetProperty("inputs").EnumerateArray().Select(input => input.Floats())];
        int batch = inputs[0].Length / network.InputShape.Length;
        foreach (PlanOptions engine in (PlanOptions[])[new() { Lanes = 1 }, new() { Lanes = 16 }, new() { Blocked = true }])
        {
            foreach (Parameter buffer in network.Parameters.Where(parameter => !parameter.IsTrainable))
                buffer.Value.Span.Fill(buffer.Spec.Name == "running_var" ? 1 : 0);
            Plan plan = network.Compile(PlanOptions.Training with { Batch = batch, Lanes = engine.Lanes, Blocked = engine.Blocked, InputGradient = true });
            foreach (float[] input in inputs)
                plan.Forward(input);
            Close.Assert(golden.GetProperty("output").Doubles(), plan.Outputs, 2e-6, 2e-6);
            plan.Backward(golden.GetProperty("upstream").Floats());
            Close.Assert(golden.GetProperty("inputGradient").Doubles(), plan.InputGradient, 3e-6, 3e-6);
            for (int p = 0; p < network.TrainableParameters.Count; p++)
                Close.Assert(golden.GetProperty("gradients").GetProperty(network.TrainableParameters[p].Spec.Name).Doubles(), plan.Gradient(p), 1e-5, 1e-5);
            foreach (JsonProperty buffer in golden.GetProperty("buffers").EnumerateObject())
                Close.Assert(buffer.Value.Doubles(), Find(network.Parameters, buffer.Name).Value.Span, 1e-6, 1e-6);
            if (golden.TryGetProperty("inference", out JsonElement inference))
                Close.Assert(inference.Doubles(), network.Compile(engine with { Batch = batch }).Forward(inputs[^1]), 3e-6, 3e-6);
        }
    }

    private static Shape ShapeOf(JsonElement sizes) => new([.. sizes.EnumerateArray().Select(size => size.GetInt32())]);

    private static Parameter Find(IReadOnlyList<Parameter> parameters, string name) => parameters.Single(parameter => parameter.Spec.Name == name);
}
