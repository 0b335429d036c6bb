"""The networks of the zoo -> tests/Fovea.Tests/Networks/zoo.golden.json.

Made with PyTorch 1.13 and torchvision 0.14, in double precision from single-precision weights and pictures that both
sides compute. What torchvision lacks is written down here from the papers. `zoo.py NAME` prints a network's parameters
instead, `zoo.py --only NAME` updates one. Run from anywhere: python3 tools/golden/zoo.py
"""
import gc
import hashlib
import json
import pathlib
import sys

import numpy as np
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from hash_noise import noise

OUT = pathlib.Path(__file__).parents[2] / "tests/Fovea.Tests/Networks/zoo.golden.json"
TORCHVISION = [
    "alexnet", "vgg11", "vgg13", "vgg16", "vgg19", "vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn", "googlenet", "inception_v3",
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2", "resnext50_32x4d", "densenet121",
    "squeezenet1_0", "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small", "shufflenet_v2_x1_0",
    "mnasnet1_0", "efficientnet_b0", "regnet_y_400mf", "convnext_tiny"]
SIZES = {"alexnet": (64, 64), "zfnet": (64, 64), "inception_v3": (80, 75)}
PICTURES = 1000


class Shortcut(nn.Module):
    """Every second pixel, zeros as further maps."""

    def forward(self, x):
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, x.shape[1] // 2, x.shape[1] // 2))


class CifarBlock(nn.Module):
    def __init__(self, before, maps, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(before, maps, 3, stride, 1, bias=False), nn.BatchNorm2d(maps)
        self.conv2, self.bn2 = nn.Conv2d(maps, maps, 3, 1, 1, bias=False), nn.BatchNorm2d(maps)
        self.shortcut = Shortcut() if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + self.shortcut(x))


class CifarResNet(nn.Module):
    def __init__(self, blocks, num_classes):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        before = 16
        for layer, maps in enumerate([16, 32, 64]):
            steps = []
            for block in range(blocks):
                steps.append(CifarBlock(before, maps, 2 if layer > 0 and block == 0 else 1))
                before = maps
            setattr(self, f"layer{layer + 1}", nn.Sequential(*steps))
        self.linear = nn.Linear(64, num_classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean((2, 3)))


class WideBlock(nn.Module):
    def __init__(self, before, maps, stride):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(before), nn.Conv2d(before, maps, 3, stride, 1, bias=False)
        self.bn2, self.conv2 = nn.BatchNorm2d(maps), nn.Conv2d(maps, maps, 3, 1, 1, bias=False)
        self.convShortcut = nn.Conv2d(before, maps, 1, stride, bias=False) if before != maps else None

    def forward(self, x):
        y = F.relu(self.bn1(x))
        branch = self.conv2(F.relu(self.bn2(self.conv1(y))))
        return branch + (x if self.convShortcut is None else self.convShortcut(y))


class WideGroup(nn.Module):
    def __init__(self, before, maps, stride):
        super().__init__()
        self.layer = nn.Sequential(*[WideBlock(before if b == 0 else maps, maps, stride if b == 0 else 1) for b in range(4)])

    def forward(self, x):
        return self.layer(x)


class WideResNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.block1, self.block2, self.block3 = WideGroup(16, 160, 1), WideGroup(160, 320, 2), WideGroup(320, 640, 2)
        self.bn1, self.fc = nn.BatchNorm2d(640), nn.Linear(640, num_classes)

    def forward(self, x):
        x = self.block3(self.block2(self.block1(self.conv1(x))))
        return self.fc(F.relu(self.bn1(x)).mean((2, 3)))


class AirGroup(nn.Module):
    def __init__(self, before, maps, convolutions):
        super().__init__()
        self.convolutions = convolutions
        for number in range(1, convolutions + 1):
            setattr(self, f"conv{number}", nn.Conv2d(before if number == 1 else maps, maps, 3, padding=1, bias=False))
            setattr(self, f"norm{number}", nn.BatchNorm2d(maps, eps=1e-12))

    def forward(self, x):
        x = F.gelu(self.norm1(F.max_pool2d(self.conv1(x), 2)))
        shortcut = x
        for number in range(2, self.convolutions + 1):
            x = F.gelu(getattr(self, f"norm{number}")(getattr(self, f"conv{number}")(x)))
        return x + shortcut if self.convolutions > 2 else x


class Ninth(nn.Module):
    def forward(self, x):
        return x * torch.tensor(np.float32(1 / 9)).double()


def airbench(widths, convolutions, num_classes):
    a, b, c = widths
    return nn.Sequential(
        nn.Conv2d(3, 24, 2), nn.GELU(), AirGroup(24, a, convolutions), AirGroup(a, b, convolutions), AirGroup(b, c, convolutions),
        nn.MaxPool2d(3), nn.Flatten(), nn.Linear(c, num_classes, bias=False), Ninth())


class ZfNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 96, 7, 2, 1), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True), nn.LocalResponseNorm(5),
            nn.Conv2d(96, 256, 5, 2), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True), nn.LocalResponseNorm(5),
            nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 384, 3, padding=1), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2))
        self.classifier = nn.Sequential(
            nn.Linear(256 * 36, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, num_classes))

    def forward(self, x):
        return self.classifier(F.adaptive_avg_pool2d(self.features(x), 6).flatten(1))


class SharedMaps(nn.Module):
    """A convolution of 1989: kernels of some pairs of maps, a bias an output, -1 beyond the border."""

    def __init__(self, maps, side, table):
        super().__init__()
        self.table = table
        self.weight = nn.Parameter(torch.zeros(sum(map(len, table)), 5, 5) if maps > 1 else torch.zeros(12, 1, 5, 5))
        self.bias = nn.Parameter(torch.zeros(12, side, side))
        self.maps = maps

    def forward(self, x):
        kernel = torch.zeros(12, self.maps, 5, 5, dtype=x.dtype)
        pairs = [(out, seen) for out, row in enumerate(self.table) for seen in row]
        for pair, values in zip(pairs, self.weight.view(-1, 5, 5)):
            kernel[pair] = values
        x = F.conv2d(F.pad(x, (2, 2, 2, 2), value=-1), kernel, stride=2) + self.bias
        return 1.7159 * torch.tanh(x * 2 / 3)


class LeNet1989(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.h1 = SharedMaps(1, 8, [[0]] * 12)
        self.h2 = SharedMaps(12, 4, [sorted((m + i) % 12 for i in range(8)) for m in range(12)])
        self.h3, self.output = nn.Linear(192, 30), nn.Linear(30, num_classes)

    def forward(self, x):
        return self.output(1.7159 * torch.tanh(self.h3(self.h2(self.h1(x)).flatten(1)) * 2 / 3))


OWN = {
    "lenet1989": (lambda n: LeNet1989(n), (1, 16, 16)),
    "airbench94": (lambda n: airbench([64, 256, 256], 2, n), (3, 32, 32)),
    "airbench95": (lambda n: airbench([128, 384, 384], 2, n), (3, 32, 32)),
    "airbench96": (lambda n: airbench([128, 512, 512], 3, n), (3, 32, 32)),
    "wrn28-10": (lambda n: WideResNet(n), (3, 32, 32)),
    "zfnet": (lambda n: ZfNet(n), (3, 224, 224)),
    **{f"resnet{6 * n + 2}": (lambda classes, n=n: CifarResNet(n, classes), (3, 32, 32)) for n in (3, 5, 7, 9, 18)},
}


def make(name, classes):
    if name in OWN:
        return OWN[name][0](classes)
    options = {"aux_logits": False, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return getattr(torchvision.models, name)(num_classes=classes, **options)


def parameters(model):
    return [(name, tensor) for name, tensor in model.state_dict().items() if not name.endswith("num_batches_tracked")]


def stream(name):
    """A number for a name (FNV-1a)."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value


def fill(model):
    """Kernels of the variance that keeps signals' size, scales around 0.75, positive variances, small rest."""
    for name, tensor in parameters(model):
        values = noise(stream(name), tensor.numel())
        if tensor.dim() > 1:
            values *= np.float32(np.sqrt(6 / tensor[0].numel()))
        elif name.endswith("running_var"):
            values = values * np.float32(0.5) + np.float32(1)
        elif name.endswith("weight"):
            values = values * np.float32(0.25) + np.float32(0.75)
        else:
            values *= np.float32(0.125)
        tensor.copy_(torch.from_numpy(values).view_as(tensor))


def lines(model):
    return sorted(f"{name} {', '.join(map(str, tensor.shape))}" for name, tensor in parameters(model))


def multiply_adds(model, shape):
    """Of convolutions and linear layers, for one picture."""
    total = 0

    def count(module, _, output):
        nonlocal total
        rows = output[0].numel()
        total += module.weight[0].numel() * rows

    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(count)
    model.eval()(torch.zeros(1, *shape).to(next(model.parameters()).dtype))
    return total


def entry_of(name):
    shape = OWN[name][1] if name in OWN else (3, 299, 299) if name == "inception_v3" else (3, 224, 224)
    classes = 10 if shape[1] < 200 else 1000
    full = make(name, classes)
    entry = {
        "names": hashlib.sha256("\n".join(lines(full)).encode()).hexdigest(),
        "trainable": sum(p.numel() for p in full.parameters()),
    }
    if name != "lenet1989" and not name.startswith("airbench"):
        entry["multiplyAdds"] = multiply_adds(full, shape)
    del full
    gc.collect()
    model = make(name, 10)
    fill(model)
    height, width = shape[1:] if shape[1] < 200 else SIZES.get(name, (64, 48))
    x = torch.from_numpy(noise(PICTURES, 2 * shape[0] * height * width)).view(2, shape[0], height, width)
    entry["size"] = [height, width]
    entry["output"] = [float(f"{y:.9g}") for y in model.double().eval()(x.double()).flatten().tolist()]
    return entry


with torch.no_grad():
    if len(sys.argv) == 2:
        print("\n".join(lines(make(sys.argv[1], 1000 if sys.argv[1] in TORCHVISION else 10))))
        sys.exit()
    wanted = sys.argv[2:] if sys.argv[1:2] == ["--only"] else [*OWN, *TORCHVISION]
    golden = json.loads(OUT.read_text()) if OUT.exists() else {}
    for name in wanted:
        golden[name] = entry_of(name)
        gc.collect()
        print(name, golden[name]["trainable"], golden[name].get("multiplyAdds"), flush=True)
OUT.write_text("{\n" + ",\n".join(f"{json.dumps(name)}:{json.dumps(entry, separators=(',', ':'))}" for name, entry in golden.items()) + "\n}\n")
