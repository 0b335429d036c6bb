"""Safetensors files, as the format's description has them: eight bytes of length, a JSON header, the data."""
import json
import math
import struct

import numpy


def write(path, tensors):
    """tensors: name -> torch tensor; all are stored as F32."""
    header, offset, data = {}, 0, []
    for name, tensor in tensors.items():
        data.append(numpy.ascontiguousarray(tensor.detach().numpy(), dtype="<f4"))
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + data[-1].nbytes]}
        offset += data[-1].nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in data:
            array.tofile(file)


def read(path):
    """name -> numpy array of its own."""
    tensors = {}
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        for name, entry in header.items():
            file.seek(8 + length + entry["data_offsets"][0])
            tensors[name] = numpy.fromfile(file, "<f4", math.prod(entry["shape"])).reshape(entry["shape"])
    return tensors
