"""Reads in PyTorch what Fovea wrote, and writes what Fovea is to read. Arguments: the folder.

NAME.pt and NAME.safetensors are networks of seven classes, NAME.x pictures of (2, 3, 64, 48), NAME.y their probabilities.
"""
import json
import pathlib
import struct
import sys

import numpy as np
import torch
import torchvision

folder = pathlib.Path(sys.argv[1])


def safetensors(path):
    """As safetensors.torch.load_file does it."""
    data = path.read_bytes()
    end = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:end])
    header.pop("__metadata__")
    return {
        name: torch.frombuffer(bytearray(data[end + t["data_offsets"][0]:end + t["data_offsets"][1]]), dtype={"F32": torch.float32}[t["dtype"]]).view(t["shape"])
        for name, t in header.items()}


torch.manual_seed(5)
with torch.no_grad():
    for path in sorted(folder.glob("*.x")):
        name = path.stem
        x = torch.from_numpy(np.fromfile(path, np.float32)).view(2, 3, 64, 48)
        model = getattr(torchvision.models, name)(num_classes=7)
        for state in torch.load(folder / f"{name}.pt", weights_only=True), safetensors(folder / f"{name}.safetensors"):
            model.load_state_dict({key: torch.full_like(value, 9) for key, value in model.state_dict().items()})
            model.load_state_dict(state)
            y = model.eval()(x).softmax(1)
            difference = (y - torch.from_numpy(np.fromfile(folder / f"{name}.y", np.float32)).view(2, 7)).abs().max().item()
            assert difference < 1e-5, f"{name}: outputs differ by {difference}"
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.uniform_(-0.1, 0.1)
                module.running_var.uniform_(0.8, 1.2)
                module.weight.uniform_(0.5, 1)
                module.bias.uniform_(-0.1, 0.1)
        wrapped = torch.nn.DataParallel(model)
        torch.save({"epoch": 3, "state_dict": wrapped.state_dict(), "best_acc1": torch.tensor(50.0)}, folder / f"{name}-back.pt")
        torch.save(model.double().state_dict(), folder / f"{name}-double.pt", _use_new_zipfile_serialization=False)
        model(x.double()).softmax(1).numpy().tofile(folder / f"{name}-back.y")
        torch.save(model.half().state_dict(), folder / f"{name}-half.pt")
print("done")
