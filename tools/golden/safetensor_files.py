"""Safetensors files as another program writes them -> tests/Fovea.Tests/Serialization/*.golden.safetensors.

The bytes follow the format's published description (eight bytes of length, JSON, data); values come from PyTorch 1.13.
Run from anywhere: python3 tools/golden/safetensor_files.py
"""
import json
import pathlib
import struct

import torch

OUT = pathlib.Path(__file__).parents[2] / "tests/Fovea.Tests/Serialization"


def write(name, tensors, metadata, padding=0):
    """tensors: (name, dtype, shape, bytes), in the order of the data; the header lists them in another order."""
    offset = 0
    entries = {}
    for key, dtype, shape, data in tensors:
        entries[key] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    header = {key: entries[key] for key in sorted(entries, reverse=True)}
    header["__metadata__"] = metadata
    text = json.dumps(header, ensure_ascii=False).encode() + b" " * padding
    data = b"".join(data for *_, data in tensors)
    (OUT / f"{name}.golden.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


def bits(tensor, dtype):
    return tensor.contiguous().view(dtype).numpy().tobytes()


# Every kind of float with the same values; 1e-8, 65504 and 1e30 tell the kinds apart.
values = torch.tensor([[0.0, -0.0, 1.0, -2.5], [1 / 3, 1e-8, 65504.0, 1e30]], dtype=torch.float64)
special = struct.pack("<3I", 0x7FC00123, 0xFF800000, 0x00000001)
write("types", [
    ("f64", "F64", [2, 4], values.numpy().tobytes()),
    ("f32", "F32", [2, 4], values.float().numpy().tobytes()),
    ("f16", "F16", [2, 4], bits(values.half(), torch.int16)),
    ("bf16", "BF16", [2, 4], bits(values.bfloat16(), torch.int16)),
    ("special", "F32", [3], special),
    ("i64", "I64", [2], struct.pack("<2q", -1, 2**40)),
    ("i32", "I32", [1], struct.pack("<i", -7)),
    ("bytes", "U8", [3], b"\x01\x02\xff"),
    ("flag", "BOOL", [], b"\x01"),
    ("none", "F32", [5, 0], b""),
    ("größe 尺寸", "F32", [], struct.pack("<f", 42.0)),
], {"format": "pt", "note": "zwei\nZeilen"}, padding=3)

# A small network, with its outputs for one input.
torch.manual_seed(7)
network = torch.nn.Sequential()
network.add_module("conv1", torch.nn.Conv2d(2, 3, 3, stride=2, padding=1))
network.add_module("relu1", torch.nn.ReLU())
network.add_module("flatten", torch.nn.Flatten())
network.add_module("fc1", torch.nn.Linear(27, 4))
picture = torch.randn(1, 2, 5, 6)
output = network(picture)
state = [(name, "F32", list(t.shape), t.numpy().tobytes()) for name, t in network.state_dict().items()]
write("torch-network", [*state, ("bn1.num_batches_tracked", "I64", [], struct.pack("<q", 12))], {
    "format": "pt",
    "input": json.dumps(picture.flatten().tolist()),
    "output": json.dumps(output.flatten().tolist()),
})
