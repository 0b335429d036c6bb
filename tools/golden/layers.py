"""PyTorch's layers and their gradients -> tests/Fovea.Tests/Layers/layers.golden.json.

Made with PyTorch 1.13, in double precision from single-precision inputs. Run from anywhere: python3 tools/golden/layers.py
"""
import json
import math
import pathlib

import torch
import torch.nn as nn

OUT = pathlib.Path(__file__).parents[2] / "tests/Fovea.Tests/Layers/layers.golden.json"

torch.manual_seed(4)
cases = {}


def numbers(tensor):
    return [float(f"{x:.7g}") for x in tensor.detach().flatten().tolist()]


def random(*shape, scale=1.0, shift=0.0):
    return torch.randn(*shape).mul(scale).add(shift).mul(1024).round().div(1024).double()


def add(name, layer, x, steps=1):
    """Several steps on fresh inputs let running statistics move more than once; the last one is recorded."""
    layer = layer.double().train()
    for parameter in layer.parameters():
        parameter.data = random(*parameter.shape, scale=0.5)
    trained = {key: numbers(value) for key, value in layer.named_parameters()}
    inputs = [x] + [random(*x.shape, scale=2, shift=0.5) for _ in range(steps - 1)]
    for x in inputs:
        layer.zero_grad()
        x = x.clone().requires_grad_()
        y = layer(x)
        g = random(*y.shape)
        y.backward(g)
    case = {
        "shape": list(x.shape[1:]), "inputs": [numbers(i) for i in inputs], "parameters": trained,
        "upstream": numbers(g), "output": numbers(y), "inputGradient": numbers(x.grad),
        "gradients": {key: numbers(value.grad) for key, value in layer.named_parameters()},
        "buffers": {key: numbers(value) for key, value in layer.named_buffers() if key != "num_batches_tracked"},
    }
    if case["buffers"]:
        case["inference"] = numbers(layer.eval()(x))
    cases[name] = case


maps = random(3, 2, 3, 4, scale=2)
add("BatchNorm2d", nn.BatchNorm2d(2), random(3, 2, 3, 4, scale=3, shift=7), steps=3)
add("BatchNorm2d of vectors", nn.BatchNorm1d(5, eps=1e-3, momentum=0.25), random(4, 5, scale=2), steps=2)
add("BatchNorm2d, not affine", nn.BatchNorm2d(2, affine=False), maps)
add("LocalResponseNorm", nn.LocalResponseNorm(3, alpha=0.5, beta=0.75, k=2.0), random(2, 5, 2, 3, scale=2))
add("LocalResponseNorm, even", nn.LocalResponseNorm(4, alpha=1.5), random(2, 6, 2, 2, scale=2))
wide = torch.cat([random(1, 40, scale=2), torch.linspace(-9, 9, 40).mul(1024).round().div(1024).double()[None]])
add("GELU", nn.GELU(), wide)
add("SiLU", nn.SiLU(), wide)
add("PReLU", nn.PReLU(), maps)
add("PReLU by channel", nn.PReLU(2), maps)
add("AvgPool2d", nn.AvgPool2d(2), random(2, 2, 5, 5))
add("AvgPool2d, ceil", nn.AvgPool2d(2, ceil_mode=True), random(2, 2, 5, 5))
add("AvgPool2d, padding", nn.AvgPool2d((3, 2), stride=(2, 1), padding=(1, 1)), random(2, 2, 6, 5))
add("AvgPool2d, ceil and padding", nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True), random(2, 2, 6, 5))
add("AvgPool2d, ceil, padding, real pixels", nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), random(2, 2, 6, 5))
add("MaxPool2d, ceil and padding", nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True), random(2, 2, 6, 5))
add("GlobalAvgPool2d", nn.AdaptiveAvgPool2d(1), random(2, 3, 3, 4))
add("ReLU6", nn.ReLU6(), wide)
add("AdaptiveAvgPool2d", nn.AdaptiveAvgPool2d((3, 2)), random(2, 2, 7, 5))
add("AdaptiveAvgPool2d, larger output", nn.AdaptiveAvgPool2d((7, 4)), random(2, 2, 3, 4))
beside_kinks = wide + 1 / 1024  # at -3 and 3, PyTorch's slope of hardswish changed between versions
for name, layer in {
    "HardSwish": nn.Hardswish(), "HardSigmoid": nn.Hardsigmoid(), "ELU": nn.ELU(), "ELU, alpha": nn.ELU(0.3), "SELU": nn.SELU(), "Mish": nn.Mish(),
    "Softplus": nn.Softplus(), "Softplus, beta and threshold": nn.Softplus(2.5, threshold=4), "Clamp": nn.Hardtanh(), "Clamp, bounds": nn.Hardtanh(-1.75, 4.5),
}.items():
    add(name, layer, beside_kinks)



class Function(nn.Module):
    """A function as a layer without parameters."""

    def __init__(self, function):
        super().__init__()
        self.forward = function


blocks = random(2, 3, 4, 5, scale=2)
for name, function in {
    "Transpose": lambda x: x.permute(0, 2, 3, 1),
    "Narrow": lambda x: x.narrow(2, 1, 2),
    "Pad": lambda x: nn.functional.pad(x, (1, 2, 0, 3, 2, 0), value=-0.5),
    "Pad, reflected": nn.ReflectionPad2d((3, 4, 1, 2)),
    "Pad, replicated": nn.ReplicationPad2d((2, 1, 0, 3)),
    "ReduceSum": lambda x: x.sum((1, 3)),
    "ReduceMean": lambda x: x.mean((2, 3), keepdim=True),
    "ReduceMax": lambda x: x.max(2)[0],
    "ReduceMin": lambda x: x.amin((1, 2, 3)),
    "Softmax": nn.Softmax(1),
    "Softmax, last dimension": nn.Softmax(-1),
    "Concat, with itself": lambda x: torch.cat([x, x], 2),
}.items():
    add(name, function if isinstance(function, nn.Module) else Function(function), blocks)
add("LayerNorm", nn.LayerNorm(5), random(3, 4, 5, scale=2, shift=1))
add("LayerNorm of maps", nn.LayerNorm((2, 3, 4), eps=1e-2), maps)
add("LayerNorm, not affine", nn.LayerNorm(7, elementwise_affine=False), random(2, 3, 7, scale=3))
add("GroupNorm", nn.GroupNorm(2, 6), random(2, 6, 3, 2, scale=2, shift=3))
add("GroupNorm of a vector", nn.GroupNorm(3, 9), random(3, 9))
add("GroupNorm of a sequence, not affine", nn.GroupNorm(1, 4, eps=1e-3, affine=False), random(2, 4, 5))
add("InstanceNorm2d", nn.InstanceNorm2d(2), maps)
add("InstanceNorm2d, affine", nn.InstanceNorm2d(2, eps=1e-3, affine=True), random(3, 2, 3, 4, scale=2, shift=-5))
add("ConvTranspose2d", nn.ConvTranspose2d(2, 3, 2, stride=2), random(2, 2, 3, 4))
add("ConvTranspose2d, output padding", nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1), random(2, 2, 3, 4))
add("ConvTranspose2d, in groups", nn.ConvTranspose2d(4, 6, (3, 2), stride=(1, 3), padding=(0, 1), output_padding=(0, 2), groups=2, bias=False), random(2, 4, 3, 2))
add("ConvTranspose2d, dilated", nn.ConvTranspose2d(2, 2, 2, stride=(1, 2), padding=1, output_padding=(2, 1), dilation=(3, 2)), random(2, 2, 3, 4))
for name, layer in {
    "Upsample2d": nn.Upsample(scale_factor=2), "Upsample2d, rows": nn.Upsample(scale_factor=(3, 1)),
    "Upsample2d, bilinear": nn.Upsample(scale_factor=(2, 3), mode="bilinear"), "Upsample2d, corners aligned": nn.Upsample(scale_factor=(3, 2), mode="bilinear", align_corners=True),
}.items():
    add(name, layer, random(2, 2, 3, 4))
class Pair(nn.Module):
    """A function of two inputs, sample by sample: PyTorch would align a batch's dimension with one of the other's."""

    def __init__(self, function, *shapes):
        super().__init__()
        self.function, self.shapes = function, shapes

    def forward(self, x):
        return torch.stack([self.function(*(part.view(shape) for part, shape in zip(row.split([math.prod(shape) for shape in self.shapes]), self.shapes))) for row in x])


def pair(name, function, left, right, x=None):
    size = math.prod(left) + math.prod(right)
    add(name, Pair(function, left, right), random(2, size, scale=2) if x is None else x)
    cases[name]["shapes"] = [list(left), list(right)]


away_from_zero = random(2, 6 + 3, scale=2)
away_from_zero = away_from_zero + away_from_zero.sign() + (away_from_zero == 0)
ties = random(2, 12).mul(2).round()
pair("Add", torch.add, (2, 3, 2), (2, 1, 1))
pair("Subtract", torch.sub, (3, 1), (1, 4))
pair("Multiply", torch.mul, (2, 3, 2), (2, 1, 1))
pair("Divide", torch.div, (2, 3), (3,), away_from_zero)
pair("Minimum", torch.minimum, (2, 3), (2, 3), ties)
pair("Maximum", torch.maximum, (2, 3), (2, 3), ties)
pair("Maximum, repeated", torch.maximum, (2, 5), (2, 1), random(2, 12).mul(2).round())
pair("MatMul", torch.matmul, (3, 4), (4, 2))
pair("MatMul, in batches", torch.matmul, (2, 1, 3, 4), (3, 4, 2))
pair("MatMul, a vector and matrices", torch.matmul, (3,), (2, 3, 4))
pair("MatMul, matrices and a vector", torch.matmul, (2, 4, 3), (3,))
pair("MatMul, vectors", torch.matmul, (5,), (5,))
add("Linear, last dimension", nn.Linear(4, 3), random(2, 2, 3, 4))

class WordVectors(nn.Module):
    """nn.Embedding of numbers that are floats, the vectors' dimension first; numbers get no gradient."""

    def __init__(self, *arguments, **options):
        super().__init__()
        table = nn.Embedding(*arguments, **options)
        self.weight, self.padding = table.weight, table.padding_idx

    def forward(self, x):
        return nn.functional.embedding(x.long(), self.weight, self.padding).transpose(1, 2) + 0 * x[:, None]


words = torch.tensor([[3, 0, 2, 2, 5, 0], [1, 3, 3, 0, 4, 2], [0, 0, 5, 1, 3, 0]]).double()
add("Embedding", WordVectors(6, 4), words)
add("Embedding, padding", WordVectors(6, 4, padding_idx=0), words)
add("Embedding, another padding", WordVectors(6, 3, padding_idx=3), words)

OUT.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
