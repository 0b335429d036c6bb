"""torchvision's networks -> tests/Fovea.Tests/Networks/presets.golden.json.

Made with PyTorch 1.13 and torchvision 0.14, in double precision from single-precision weights and pictures that both
sides compute. Run from anywhere: python3 tools/golden/presets.py
"""
import json
import pathlib

import numpy as np
import torch
import torchvision

from hash_noise import noise

OUT = pathlib.Path(__file__).parents[2] / "tests/Fovea.Tests/Networks/presets.golden.json"
NAMES = ["resnet18", "resnet50", "mobilenet_v2", "vgg11"]
PICTURES, TRAINING_PICTURES = 1000, 1001


def fill(model):
    """Kernels of the variance that keeps signals' size, scales around 0.75, positive variances, small rest."""
    for stream, (name, tensor) in enumerate(parameters(model)):
        values = noise(stream, tensor.numel())
        if tensor.dim() > 1:
            fan_in = tensor[0].numel()
            values *= np.float32(np.sqrt(6 / fan_in))
        elif name.endswith("running_var"):
            values = values * np.float32(0.5) + np.float32(1)
        elif name.endswith("weight"):
            values = values * np.float32(0.25) + np.float32(0.75)
        else:
            values *= np.float32(0.125)
        tensor.copy_(torch.from_numpy(values).view_as(tensor))


def parameters(model):
    return [(name, tensor) for name, tensor in model.state_dict().items() if not name.endswith("num_batches_tracked")]


def multiply_adds(model):
    """Of convolutions and linear layers, for one picture of 224 x 224."""
    total = 0

    def count(module, _, output):
        nonlocal total
        total += module.weight[0].numel() * output[0].numel()

    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            module.register_forward_hook(count)
    model.eval()(torch.zeros(1, 3, 224, 224))
    return total


def numbers(values):
    return [float(f"{x:.9g}") for x in values]


golden = {"models": {}}
with torch.no_grad():
    for name in NAMES:
        full = getattr(torchvision.models, name)()
        entry = {
            "parameters": [[key, list(tensor.shape)] for key, tensor in parameters(full)],
            "trainable": sum(p.numel() for p in full.parameters()),
            "multiplyAdds": multiply_adds(full),
        }
        del full
        model = getattr(torchvision.models, name)(num_classes=10)
        fill(model)
        height, width = 64, 48
        x = torch.from_numpy(noise(PICTURES, 2 * 3 * height * width)).view(2, 3, height, width)
        entry["size"] = [height, width]
        entry["output"] = numbers(model.double().eval()(x.double()).flatten().tolist())
        golden["models"][name] = entry

model = torchvision.models.resnet18(num_classes=10)
with torch.no_grad():
    fill(model)
model.double().train()
x = torch.from_numpy(noise(TRAINING_PICTURES, 4 * 3 * 64 * 48)).view(4, 3, 64, 48).double()
loss = torch.nn.functional.cross_entropy(model(x), torch.arange(4))
loss.backward()
golden["training"] = {
    "loss": loss.item(),
    "gradientNorms": {name: float(f"{p.grad.norm().item():.9g}") for name, p in model.named_parameters()},
    "bufferNorms": {name: float(f"{b.norm().item():.9g}") for name, b in model.named_buffers() if b.dtype == torch.float64},
}

OUT.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
