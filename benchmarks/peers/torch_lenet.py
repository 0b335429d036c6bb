"""LeNet-5 in PyTorch, timed as LeNetRace.cs times Fovea: minimum of many steps. Usage: torch_lenet.py THREADS SECONDS"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

threads, seconds = int(sys.argv[1]), float(sys.argv[2])
torch.set_num_threads(threads)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


def fastest(action):
    start = time.perf_counter()
    while time.perf_counter() - start < 0.5 + seconds / 10:
        action()
    best = float("inf")
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        one = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - one)
    return best


def train(batch):
    model = LeNet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    x, y = torch.randn(batch, 1, 28, 28), torch.randint(0, 10, (batch,))

    def step():
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    return fastest(step)


def infer(batch):
    model, x = LeNet().eval(), torch.randn(batch, 1, 28, 28)
    with torch.no_grad():
        return fastest(lambda: model(x))


for batch in (64, 256):
    print(f"train-{batch} {batch / train(batch):.1f}")
print(f"infer-256 {256 / infer(256):.1f}")
print(f"infer-1-us {infer(1) * 1e6:.1f}")
