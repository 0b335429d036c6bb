"""PyTorch's learning-rate schedules -> tests/Fovea.Tests/Schedules/schedules.golden.json.

Made with PyTorch 1.13. Run from anywhere: python3 tools/golden/schedules.py
"""
import json
import pathlib

import torch
from torch.optim import lr_scheduler as lr

OUT = pathlib.Path(__file__).parents[2] / "tests/Fovea.Tests/Schedules/schedules.golden.json"


def rates(make, count):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(optimizer)
    result = []
    for _ in range(count):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(result) < count:
            scheduler.step()
    return result


def restarts(count, steps_per_epoch, **settings):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = lr.CosineAnnealingWarmRestarts(optimizer, **settings)
    result = []
    for step in range(count):
        scheduler.step(step / steps_per_epoch)
        result.append(optimizer.param_groups[0]["lr"])
    return result


OUT.write_text(json.dumps({
    # one value an epoch
    "step": rates(lambda o: lr.StepLR(o, 3, gamma=0.2), 12),
    "exponential": rates(lambda o: lr.ExponentialLR(o, 0.8), 12),
    # one value a step
    "cosine": rates(lambda o: lr.CosineAnnealingLR(o, 40, eta_min=0.05), 41),
    "oneCycle": rates(lambda o: lr.OneCycleLR(o, 1.0, total_steps=50, cycle_momentum=False), 50),
    "oneCycleOther": rates(lambda o: lr.OneCycleLR(
        o, 1.0, total_steps=37, pct_start=0.45, div_factor=10, final_div_factor=100, cycle_momentum=False), 37),
    # one value a step of 5 and of 4 an epoch
    "warmRestarts": restarts(90, 5, T_0=4, eta_min=0.1),
    "warmRestartsGrowing": restarts(90, 4, T_0=3, T_mult=2),
}, indent=1) + "\n")
