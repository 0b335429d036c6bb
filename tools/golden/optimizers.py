"""PyTorch's optimisers over 20 steps of given gradients -> tests/Fovea.Tests/Optimizers/optimizers.golden.json.

Made with PyTorch 1.13, in double precision. Run from anywhere: python3 tools/golden/optimizers.py
"""
import json
import pathlib

import torch

STEPS, LENGTH = 20, 11
OUT = pathlib.Path(__file__).parents[2] / "tests/Fovea.Tests/Optimizers/optimizers.golden.json"

CASES = [
    ("sgd", 0.1, {}),
    ("sgd", 0.1, {"weight_decay": 0.05}),
    ("sgd", 0.05, {"momentum": 0.9}),
    ("sgd", 0.05, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("adam", 0.01, {}),
    ("adam", 0.02, {"betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1}),
    ("adamw", 0.01, {}),
    ("adamw", 0.05, {"betas": (0.7, 0.9), "eps": 1e-6, "weight_decay": 0.3}),
    ("rmsprop", 0.01, {}),
    ("rmsprop", 0.005, {"alpha": 0.9, "eps": 1e-4, "momentum": 0.8, "weight_decay": 0.02}),
]
CLASSES = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "rmsprop": torch.optim.RMSprop}
NAMES = {"weight_decay": "WeightDecay", "eps": "Epsilon"}


def floats(tensor):
    return [float(f"{x:.9g}") for x in tensor.tolist()]


def options(settings):
    result = {}
    for key, value in settings.items():
        if key == "betas":
            result["Beta1"], result["Beta2"] = value
        else:
            result[NAMES.get(key, key.capitalize())] = value
    return result


torch.manual_seed(1)
start = torch.randn(LENGTH)
# Gradients of very different sizes, and one element that never gets any.
gradients = torch.randn(STEPS, LENGTH) * torch.logspace(-4, 0.5, LENGTH)
gradients[:, 5] = 0

cases = []
for name, rate, settings in CASES:
    parameter = torch.nn.Parameter(start.double())
    optimizer = CLASSES[name]([parameter], lr=rate, **settings)
    after = []
    for step in range(STEPS):
        if step == 12:  # a schedule changes the rate under way
            optimizer.param_groups[0]["lr"] = rate / 2
        parameter.grad = gradients[step].double()
        optimizer.step()
        if step in (0, 1, 4, STEPS - 1):
            after.append({"steps": step + 1, "values": floats(parameter.detach())})
    cases.append({"name": name, "rate": rate, "options": options(settings), "after": after})

OUT.write_text(json.dumps({
    "start": floats(start), "gradients": [floats(g) for g in gradients], "halveRateAt": 12, "cases": cases,
}, indent=1) + "\n")
