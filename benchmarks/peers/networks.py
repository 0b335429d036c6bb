"""The networks of the race in PyTorch, and what a figure's name means. Names of parameters are those of Fovea's presets."""
import re

import torch.nn as nn
import torch.nn.functional as F

TRAINING_CLASSES = 10
RATE, MOMENTUM = 0.01, 0.9


class LeNet5(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, num_classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


def create(network, classes):
    if network == "lenet5":
        return LeNet5(classes)
    import torchvision  # here, since LeNet-5 needs none and importing takes a second
    model = getattr(torchvision.models, network)(num_classes=classes)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0  # no two sides would drop the same elements
    return model


def network_figure(name):
    """`resnet18-train-16` -> (resnet18, train, 16), or None."""
    match = re.fullmatch(r"(\w+)-(train|infer)-(\d+)", name)
    return match and (match[1], match[2], int(match[3]))


def convolution_figure(name):
    """`conv3x3p1-16x256x14-256-forward` -> (kernel, padding, batch, channels, size, maps, forward|direct|both), or None."""
    match = re.fullmatch(r"conv(\d)x\1p(\d)-(\d+)x(\d+)x(\d+)-(\d+)-(forward|direct|both)", name)
    return match and (*map(int, match.groups()[:6]), match[7])
