"""Files of torch.save -> tests/Fovea.Tests/Serialization/PyTorch/pytorch.golden.json.

Each with its bytes and, if it can be read, the names, types, shapes and values of its tensors as PyTorch 1.13 has them.
What newer versions write (byte order, tensors of version 3) is put together here after their source.
Run from anywhere: python3 tools/golden/pytorch.py
"""
import base64
import collections
import io
import json
import pathlib
import pickle
import zipfile

import numpy as np
import torch

OUT = pathlib.Path(__file__).parents[2] / "tests/Fovea.Tests/Serialization/PyTorch/pytorch.golden.json"
TYPES = {
    torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.int32: "I32",
    torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "Bool",
}
golden = {}


def numbers(tensor):
    return [float(x) for x in tensor.detach().double().contiguous().flatten().tolist()]


def add(name, file, tensors=None, key=None):
    entry = {"file": base64.b64encode(file).decode()}
    if tensors is not None:
        entry["key"] = key
        entry["tensors"] = [
            {"name": n, "type": TYPES[t.dtype], "shape": list(t.shape), "values": numbers(t)} for n, t in tensors.items()]
    golden[name] = entry


def saved(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def legacy(value, **options):
    return saved(value, _use_new_zipfile_serialization=False, **options)


def repacked(file, change=lambda name, content: (name, content), more=(), method=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as source, zipfile.ZipFile(buffer, "w", method) as target:
        for info in source.infolist():
            target.writestr(*change(info.filename, source.read(info)))
        for name, content in more:
            target.writestr(name, content)
    return buffer.getvalue()


torch.manual_seed(3)
base = torch.arange(24.0)
network = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 2), torch.nn.BatchNorm2d(3), torch.nn.Flatten(), torch.nn.Linear(12, 2))
state = network.state_dict()

types = {str(d).removeprefix("torch."): torch.tensor([0, 1, 2.5, -3]).to(d) for d in TYPES}
types |= {"scalar": torch.tensor(42.0), "none": torch.zeros(5, 0), "größe 尺寸": torch.tensor([1.5]), "special": torch.tensor([3e38, -0.0])}
views = {
    "whole": base, "part": base[5:9], "step": base[1::3], "matrix": base.view(4, 6), "transposed": base.view(4, 6).t(),
    "permuted": base.view(2, 3, 4).permute(2, 0, 1), "column": base.view(4, 6)[:, 2], "expanded": base[3:6].expand(2, 3),
    "inner": base.view(2, 3, 4)[:, 1:, ::2], "channels_last": torch.rand(2, 3, 2, 2).contiguous(memory_format=torch.channels_last),
    "halves": base.half()[2:6:2], "integers": torch.arange(6).view(2, 3).t(),
}
parameters = {"weight": torch.nn.Parameter(torch.rand(2, 2)), "frozen": torch.nn.Parameter(torch.rand(3), requires_grad=False)}
parameters["shared"] = parameters["weight"]
optimizer = torch.optim.Adam(network.parameters())
network(torch.rand(2, 2, 3, 3)).sum().backward()
optimizer.step()
checkpoint = {
    "epoch": 12, "arch": "net", "state_dict": state, "best_acc1": torch.tensor(76.5), "optimizer": optimizer.state_dict(), "loss": np.float64(0.25),
    "size": torch.Size([2, 3]), "device": torch.device("cpu"), "dtype": torch.float16, "tags": {"a", "b"}, "long": 2**80, "bytes": b"\x00\xff", "none": None,
    "history": np.arange(3.0), "counts": collections.Counter("aab"), "grouped": collections.defaultdict(list, a=[1]), "version": torch.__version__, "pair": (1, -2.5, True),
}
arrays = {
    "rows": np.arange(6, dtype=np.float32).reshape(2, 3), "columns": np.asfortranarray(np.arange(6, dtype=np.float64).reshape(2, 3)),
    "big": np.arange(4, dtype=">i4"), "flags": np.array([True, False]), "empty": np.zeros((0, 2), np.float32),
}
as_tensors = {name: torch.from_numpy(np.ascontiguousarray(array.astype(array.dtype.newbyteorder("=")))) for name, array in arrays.items()}

add("state", saved(state), state)
add("types", saved(types), types)
add("views", saved(views), views)
add("parameters", saved(parameters), parameters)
add("checkpoint", saved(checkpoint), state, "state_dict")
add("nested", saved({"step": 1, "model": {"config": {"width": 3}, "net": dict(state)}}), state, "model.net")
add("arrays", saved(arrays), as_tensors)
add("sequence", saved([base[:2], torch.tensor(1)]), {"0": base[:2], "1": torch.tensor(1)})
add("four", saved([base[:4].clone()]), {"0": base[:4]})
add("alone", saved(base[:2]), {"0": base[:2]})
for protocol in 3, 4, 5:
    add(f"protocol{protocol}", saved({**types, **views, **parameters}, pickle_protocol=protocol), {**types, **views, **parameters})
    add(f"arrays-protocol{protocol}", saved(arrays, pickle_protocol=protocol), as_tensors)
    add(f"legacy-protocol{protocol}", legacy(types, pickle_protocol=protocol), types)
for name, value, expected, key in (
        ("state", state, state, None), ("types", types, types, None), ("views", views, views, None), ("parameters", parameters, parameters, None),
        ("checkpoint", checkpoint, state, "state_dict")):
    add(f"legacy-{name}", legacy(value), expected, key)
add("module-prefix", saved({f"module.{n}": t for n, t in state.items()}), {f"module.{n}": t for n, t in state.items()})

# Another name of the archive, folders around it, and the record that newer versions add.
add("renamed", repacked(saved(views), lambda name, content: ("x/y/" + name.replace("archive", "weights"), content), [("x/readme.txt", "not a tensor")]), views)
add("little", repacked(saved(types), more=[("archive/byteorder", "little")]), types)
swapped = {"f": torch.arange(3.0), "i": torch.arange(4).view(2, 2), "b": torch.arange(3.0).bfloat16()}
sizes = {"0": 4, "1": 8, "2": 2}


def swap(name, content):
    size = sizes.get(name.split("/")[-1]) if "/data/" in name else None
    return name, content if size is None else np.frombuffer(content, f"u{size}").byteswap().tobytes()


add("big", repacked(saved(swapped), swap, [("archive/byteorder", "big")]), swapped)


class Reference:
    """A storage, which the pickler puts outside."""

    def __init__(self, kind, key, elements):
        self.identity = ("storage", kind, key, "cpu", elements)


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return value.identity if isinstance(value, Reference) else None


class Rebuilt:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def _rebuild_tensor_v3():
    pass


def archive(value, storages):
    pickled = io.BytesIO()
    Pickler(pickled, protocol=2).dump(value)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("archive/data.pkl", pickled.getvalue())
        for key, content in storages.items():
            target.writestr(f"archive/data/{key}", content)
    return buffer.getvalue()


_rebuild_tensor_v3.__module__ = "torch._utils"
torch._utils._rebuild_tensor_v3 = _rebuild_tensor_v3
untyped = Reference(torch.UntypedStorage, "0", 16)
add("version3", archive({
    "floats": Rebuilt(_rebuild_tensor_v3, untyped, 0, (2, 2), (1, 2), False, collections.OrderedDict(), torch.float32),
    "shorts": Rebuilt(_rebuild_tensor_v3, untyped, 5, (2,), (1,), False, collections.OrderedDict(), torch.int16, {}),
}, {"0": np.arange(4, dtype=np.float32).tobytes()}), {
    "floats": torch.arange(4.0).view(2, 2).t(), "shorts": torch.from_numpy(np.arange(4, dtype=np.float32).view(np.int16)[5:7].copy())})
add("attributes", archive({"w": Rebuilt(
    torch._tensor._rebuild_from_type_v2, torch._utils._rebuild_tensor_v2, torch.nn.Parameter,
    (Reference(torch.FloatStorage, "0", 2), 0, (2,), (1,), True, collections.OrderedDict()), {"_is_hf_initialized": True})},
    {"0": np.arange(2, dtype=np.float32).tobytes()}), {"w": torch.arange(2.0)})

# What is refused.
add("two", saved({"model": state, "ema": {**state, "extra": base}}))
add("module", saved(network))
add("legacy-module", legacy(network))
script = io.BytesIO()
torch.jit.save(torch.jit.script(torch.nn.Linear(2, 1)), script)
add("script", script.getvalue())
add("quantised", saved({"weight": torch.quantize_per_tensor(base, 0.1, 0, torch.qint8), "bias": base}))
add("channels", saved({"weight": torch.quantize_per_channel(base.view(4, 6), torch.ones(4), torch.zeros(4), 0, torch.qint8)}))
add("sparse", saved({"weight": torch.eye(3).to_sparse()}))
add("complex", saved({"weight": torch.complex(base, base)}))
add("meta", saved({"weight": torch.zeros(3, device="meta")}))
add("nothing", saved({"epoch": 3}))
add("deflated", repacked(saved(state), method=zipfile.ZIP_DEFLATED))
add("negated", archive({"weight": Rebuilt(
    torch._utils._rebuild_tensor_v2, Reference(torch.FloatStorage, "0", 2), 0, (2,), (1,), False, collections.OrderedDict(), {"neg": True})},
    {"0": bytes(8)}))


class Attack:
    def __reduce__(self):
        import os
        return os.system, ("echo attacked",)


add("attack", saved({"weight": base, "x": Attack()}))
add("legacy-attack", legacy({"weight": base, "x": Attack()}))
add("pickle", pickle.dumps({"a": 1}))

OUT.write_text(json.dumps(golden, allow_nan=False, separators=(",", ":")) + "\n")
