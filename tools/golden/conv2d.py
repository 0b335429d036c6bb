"""PyTorch's conv2d with its gradients, and two steps of training LeNet -> tests/Fovea.Tests/KnownAnswers/conv2d.golden.json.

Made with PyTorch 1.13, in double precision. Run from anywhere: python3 tools/golden/conv2d.py
Inputs are not stored: both sides draw them from the same tiny generator.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).parents[2] / "tests/Fovea.Tests/KnownAnswers/conv2d.golden.json"

# batch, in, out, height, width, kernel, stride, padding, dilation, groups, bias
CASES = [
    (2, 1, 2, 5, 5, (3, 3), (1, 1), (0, 0), (1, 1), 1, True),
    (1, 3, 4, 6, 7, (3, 3), (1, 1), (1, 1), (1, 1), 1, True),
    (3, 2, 3, 7, 6, (5, 5), (1, 1), (2, 2), (1, 1), 1, False),
    (2, 3, 2, 8, 9, (3, 3), (2, 2), (1, 1), (1, 1), 1, True),
    (2, 2, 3, 9, 8, (3, 2), (3, 1), (0, 1), (1, 1), 1, True),
    (1, 2, 2, 9, 9, (3, 3), (1, 1), (2, 2), (2, 2), 1, True),
    (2, 2, 2, 10, 9, (2, 3), (2, 1), (3, 0), (3, 2), 1, False),
    (2, 4, 6, 5, 5, (3, 3), (1, 1), (1, 1), (1, 1), 2, True),
    (3, 4, 4, 6, 5, (3, 3), (2, 2), (1, 1), (1, 1), 4, True),
    (2, 3, 9, 5, 6, (3, 3), (1, 1), (0, 0), (1, 1), 3, True),
    (2, 5, 7, 4, 3, (1, 1), (1, 1), (0, 0), (1, 1), 1, True),
    (17, 2, 2, 4, 4, (7, 7), (2, 2), (3, 3), (1, 1), 1, True),
]


class Draw:
    """A linear congruential generator (Numerical Recipes); multiples of 1/1024 in [-1, 1)."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self, *shape):
        values = []
        for _ in range(torch.Size(shape).numel()):
            self.state = (self.state * 1664525 + 1013904223) % 2 ** 32
            values.append((self.state >> 21) / 1024 - 1)
        return torch.tensor(values, dtype=torch.float64).reshape(shape)


def floats(tensor):
    return [float(f"{x:.9g}") for x in tensor.detach().flatten().tolist()]


convolutions = []
for number, (n, c, o, h, w, kernel, stride, padding, dilation, groups, bias) in enumerate(CASES):
    draw = Draw(number)
    x = draw(n, c, h, w).requires_grad_()
    weight = draw(o, c // groups, *kernel).requires_grad_()
    b = draw(o).requires_grad_() if bias else None
    y = F.conv2d(x, weight, b, stride, padding, dilation, groups)
    y.backward(draw(*y.shape))
    convolutions.append({
        "batch": n, "in": c, "out": o, "input": [h, w], "kernel": kernel, "stride": stride, "padding": padding,
        "dilation": dilation, "groups": groups, "bias": bias, "output": floats(y), "inputGradient": floats(x.grad),
        "weightGradient": floats(weight.grad), "biasGradient": floats(b.grad) if bias else []})

# A seed with which no maximum of a pooling is so close to a tie that single precision picks another pixel.
draw = Draw(1999)
shapes = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)]
p = []
for shape in shapes:
    fan_in = torch.Size(shape[1:]).numel() if len(shape) > 1 else fan_in
    p.append((draw(*shape) / fan_in ** 0.5).float().double().requires_grad_())
sgd = torch.optim.SGD(p, lr=0.05, momentum=0.9)
losses = []
for step in range(2):
    x = draw(20, 1, 28, 28)
    labels = torch.tensor([(3 * i + step) % 10 for i in range(20)])
    x = F.max_pool2d(torch.relu(F.conv2d(x, p[0], p[1], padding=2)), 2)
    x = F.max_pool2d(torch.relu(F.conv2d(x, p[2], p[3])), 2).flatten(1)
    x = torch.relu(F.linear(torch.relu(F.linear(x, p[4], p[5])), p[6], p[7]))
    loss = F.cross_entropy(F.linear(x, p[8], p[9]), labels)
    losses.append(loss.item())
    sgd.zero_grad()
    loss.backward()
    sgd.step()
# Of long parameters every 97th value; a sum of all would hide errors that cancel, a file of all would be large.
lenet = {"losses": losses, "every": 97,
         "parameters": [floats(q.flatten() if q.numel() <= 150 else q.flatten()[::97]) for q in p]}

OUT.write_text(json.dumps({"convolutions": convolutions, "lenet": lenet}, separators=(",", ":")) + "\n")
print(OUT, OUT.stat().st_size, "bytes", losses)
