#!/usr/bin/env python3
"""Makes a trained model small enough to ship: matrices and kernels as halves, the rest as it is, a line on what it reaches.

The shipped models (src/Fovea.Onnx/Zoo/Models) come from:
  fovea train mnist --recipe mnist-lenet5-distorted            -> lenet5-mnist
  fovea train digits --epochs 6 --schedule one-cycle           -> lenet5-digits
  fovea train shapes                                           -> shapes
  fovea train smileys                                          -> smileys
and then, each: tools/zoo/ship.py runs/RUN/model.safetensors src/Fovea.Onnx/Zoo/Models/NAME.safetensors "99.49 % of MNIST's 10,000 test digits"
"""
import json
import struct
import sys

source, target, reaches = sys.argv[1:]
data = open(source, "rb").read()
length = struct.unpack_from("<Q", data)[0]
header = json.loads(data[8:8 + length])
tensors = data[8 + length:]
metadata = header.pop("__metadata__")
metadata.pop("fovea.hash", None)
model = json.loads(metadata["fovea"])
model["info"]["reaches"] = reaches
metadata["fovea"] = json.dumps(model, ensure_ascii=False, separators=(",", ":"))

out, body = {"__metadata__": metadata}, b""
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    values = tensors[begin:end]
    if entry["dtype"] == "F32" and len(entry["shape"]) > 1:
        count = len(values) // 4
        values = struct.pack(f"<{count}e", *struct.unpack(f"<{count}f", values))
        entry["dtype"] = "F16"
    entry["data_offsets"] = [len(body), len(body) + len(values)]
    out[name] = entry
    body += values
text = json.dumps(out, ensure_ascii=False, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
open(target, "wb").write(struct.pack("<Q", len(text)) + text + body)
