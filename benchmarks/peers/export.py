"""Makes what the sides are given: for every figure a safetensors file with the weights, an input and what PyTorch
computes from it; for every network that is run forward, its ONNX file. Usage: export.py CACHE FIGURE..."""
import pathlib
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

import networks
import tensorfile

STEPS = 3
# MobileNetV2's third loss is off by 0.8 % in PyTorch's own single precision.
STEPS_OF = {"mobilenet_v2": 2}


def shape(network):
    return (1, 28, 28) if network == "lenet5" else (3, 224, 224)


def vary_normalisation(model, network):
    """Batch normalisation's statistics are measured on noise, then everything is moved a little from its start."""
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.normal_(norm.bias, 0, 0.1)
    if norms:
        with torch.no_grad():
            model.train()(torch.randn(4, *shape(network)))
    for norm in norms:
        norm.momentum = 0.1
        norm.running_mean.add_(0.1 * torch.randn_like(norm.running_mean) * norm.running_var.sqrt())
        norm.running_var.mul_(torch.empty_like(norm.running_var).uniform_(0.9, 1.1))


def weights(model):
    return {name: value.clone() for name, value in model.state_dict().items() if not name.endswith("num_batches_tracked")}


def infer(model, network, batch):
    x = torch.randn(batch, *shape(network))
    with torch.no_grad():
        return {**weights(model), "race.input": x, "race.output": model.eval()(x)}


def train(model, network, batch):
    """The first steps: every loss, and the norm of all gradients before the first update. In double precision: PyTorch's
    own norm in single precision is off by 0.3 % for ResNet-18."""
    start, x = weights(model), torch.randn(batch, *shape(network))
    labels = torch.randint(0, networks.TRAINING_CLASSES, (batch,))
    model, doubles = model.double(), x.double()
    optimizer = torch.optim.SGD(model.parameters(), lr=networks.RATE, momentum=networks.MOMENTUM)
    losses = []
    for step in range(STEPS_OF.get(network, STEPS)):
        optimizer.zero_grad()
        loss = F.cross_entropy(model.train()(doubles), labels)
        loss.backward()
        if step == 0:
            norm = torch.cat([parameter.grad.flatten() for parameter in model.parameters()]).norm()
        optimizer.step()
        losses.append(loss.detach())
    return {**start, "race.input": x, "race.targets": F.one_hot(labels, networks.TRAINING_CLASSES).float(),
            "race.losses": torch.stack(losses), "race.gradient_norm": norm.reshape(1)}


def convolve(kernel, padding, batch, channels, size, maps, mode):
    x = torch.randn(batch, channels, size, size, requires_grad=True)
    w = (torch.randn(maps, channels, kernel, kernel) / (kernel * channels ** 0.5)).requires_grad_()
    y = F.conv2d(x, w, padding=padding)
    tensors = {"conv.weight": w, "race.input": x, "race.output": y}
    if mode == "both":
        g = torch.randn_like(y)
        dx, dw = torch.autograd.grad(y, (x, w), g)
        tensors |= {"race.output_gradient": g, "race.input_gradient": dx, "race.weight_gradient": dw}
    return tensors


def export_network(cache, figure, network, mode, batch):
    file, onnx = cache / f"{figure}.safetensors", cache / f"{network}.onnx"
    if file.exists() and (mode == "train" or onnx.exists()):
        return
    print(f"exporting {figure}", file=sys.stderr)
    torch.manual_seed(1)  # the same weights for every batch of a network
    model = networks.create(network, networks.TRAINING_CLASSES if mode == "train" or network == "lenet5" else 1000)
    vary_normalisation(model, network)
    tensorfile.write(file, (train if mode == "train" else infer)(model, network, batch))
    if mode == "infer" and not onnx.exists():
        torch.onnx.export(model.eval(), torch.randn(1, *shape(network)), str(onnx), input_names=["x"], output_names=["y"],
                          dynamic_axes={"x": {0: "n"}, "y": {0: "n"}}, opset_version=13)


def export_convolution(cache, figure, *convolution):
    file = cache / f"{figure}.safetensors"
    if not file.exists():
        torch.manual_seed(1)
        tensorfile.write(file, convolve(*convolution))


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for name in sys.argv[2:]:
    if parts := networks.network_figure(name):
        export_network(folder, name, *parts)
    elif parts := networks.convolution_figure(name):
        export_convolution(folder, name, *parts)
