"""PyTorch's losses and their gradients -> tests/Fovea.Tests/Losses/losses.golden.json.

Made with PyTorch 1.13, in double precision. Run from anywhere: python3 tools/golden/losses.py
"""
import json
import pathlib

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).parents[2] / "tests/Fovea.Tests/Losses/losses.golden.json"

torch.manual_seed(2)
logits = torch.randn(7, 5).mul(3).float()
logits[5] = torch.tensor([1000.0, -1000.0, 999.0, 0.0, 500.0])
logits[6] = torch.tensor([-90.0, -80.0, -85.5, -200.0, -88.0])
labels = torch.tensor([0, 4, 2, 1, 3, 2, 3])
weights = [0.5, 2.0, 0.0, 1.25, 3.0]


def numbers(tensor):
    return [float(f"{x:.9g}") for x in tensor.detach().flatten().tolist()]


cases = []
for smoothing in (0.0, 0.1, 0.6):
    for class_weights in (None, weights):
        x = logits.double().requires_grad_()
        w = None if class_weights is None else torch.tensor(class_weights).double()
        mean = F.cross_entropy(x, labels, weight=w, label_smoothing=smoothing)
        mean.backward()
        rows = F.cross_entropy(x, labels, weight=w, label_smoothing=smoothing, reduction="none")
        cases.append({"smoothing": smoothing, "weights": class_weights, "mean": mean.item(),
                      "rows": numbers(rows), "gradient": numbers(x.grad)})

soft = torch.softmax(torch.randn(7, 5), 1).float()
x = logits.double().requires_grad_()
mean = F.cross_entropy(x, soft.double(), label_smoothing=0.1)
mean.backward()
softCase = {"targets": numbers(soft), "smoothing": 0.1, "mean": mean.item(), "gradient": numbers(x.grad)}

x = logits[:5].double().requires_grad_()
mean = F.mse_loss(x, F.one_hot(labels[:5], 5).double(), reduction="sum") / 5
mean.backward()
mse = {"mean": mean.item(), "gradient": numbers(x.grad)}

OUT.write_text(json.dumps({"logits": numbers(logits), "labels": labels.tolist(), "classes": 5,
                           "crossEntropy": cases, "softTargets": softCase, "meanSquaredError": mse}, indent=1) + "\n")
