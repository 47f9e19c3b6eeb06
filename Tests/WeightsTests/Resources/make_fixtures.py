"""Makes the small weight files beside this script with the real PyTorch, numpy and safetensors.

python3 -m venv V && V/bin/pip install torch==2.13.0 numpy safetensors && V/bin/python make_fixtures.py
"""
import collections
import os
import pickle
import zipfile
from argparse import Namespace
from pathlib import PurePosixPath

import numpy as np
import safetensors.torch
import torch

os.chdir(os.path.dirname(os.path.abspath(__file__)))

base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
shared = torch.arange(6, dtype=torch.float32)


def plain():
    return collections.OrderedDict(
        [
            ("float32", base / 8),
            ("transposed", base.permute(2, 0, 1)),
            ("sliced", base[:, 1:, ::2]),
            ("expanded", torch.tensor([[1.0], [2.0]]).expand(2, 3)),
            ("first", shared[:3]),
            ("second", shared[2:]),
            ("float16", torch.tensor([1.5, -2.0], dtype=torch.float16)),
            ("bfloat16", torch.tensor([1.5, -2.0], dtype=torch.bfloat16)),
            ("float64", torch.tensor([0.1], dtype=torch.float64)),
            ("int64", torch.tensor(-7)),
            ("int32", torch.tensor([1, -2], dtype=torch.int32)),
            ("int16", torch.tensor([1, -2], dtype=torch.int16)),
            ("int8", torch.tensor([1, -2], dtype=torch.int8)),
            ("uint8", torch.tensor([1, 254], dtype=torch.uint8)),
            ("bool", torch.tensor([True, False, True])),
            ("empty", torch.zeros(0, 3)),
        ]
    )


model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))
with torch.no_grad():
    for index, parameter in enumerate(model.parameters()):
        parameter.copy_(torch.arange(parameter.numel()).reshape(parameter.shape) + 100 * index)

checkpoint = {
    "epoch": 3,
    "network_weights": model.state_dict(),
    "optimizer_state": {"state": {0: {"exp_avg": torch.ones(2)}}, "param_groups": [{"lr": 1e-3}]},
    "logging": {
        "dice": [np.float32(0.5), np.float64(0.25), np.int64(7), np.bool_(True), np.float16(1.5)],
        "curve": np.arange(6, dtype=np.float64).reshape(2, 3),
        "fortran": np.asfortranarray(np.arange(6, dtype=np.int32).reshape(2, 3)),
        "big": np.array([1.0, 2.0], dtype=">f4"),
        "strings": np.array(["a", "b"]),
        "objects": np.array([1, "x", None], dtype=object),
    },
    "parameter": torch.nn.Parameter(torch.tensor([4.0, 5.0])),
    "size": torch.Size([1, 2]),
    "device": torch.device("cuda:0"),
    "dtype": torch.bfloat16,
    "arguments": Namespace(lr=0.5, name="unet"),
    "path": PurePosixPath("/data/run"),
    "factory": collections.defaultdict(list, {"a": [1]}),
    "set": {1},
    "bytes": b"\x00\xff",
    "large": 1 << 80,
    "negative": -(1 << 40),
    "text": "größe",
}
for protocol in (2, 4, 5):
    torch.save(checkpoint, f"checkpoint-{protocol}.pth", pickle_protocol=protocol)
torch.save(plain(), "plain.pth")
torch.save(plain(), "plain-legacy.pth", _use_new_zipfile_serialization=False)
torch.save({"u16": torch.tensor([1, 2], dtype=torch.uint16), "f": torch.ones(1)}, "unsigned.pth")
torch.jit.script(model.eval()).save("script.full")
with zipfile.ZipFile("script.full") as full, zipfile.ZipFile("script.pt", "w") as slim:
    for name in full.namelist():  # without the debug files, which hold paths of this machine
        if not name.endswith(".debug_pkl"):
            slim.writestr(zipfile.ZipInfo(name), full.read(name))
os.remove("script.full")
with open("arrays.pkl", "wb") as file:
    pickle.dump({"model": {"w": np.arange(3, dtype=np.float32)}, "by": "numpy"}, file, protocol=2)
with open("protocol0.pkl", "wb") as file:
    file.write(b"\x80\x02" + pickle.dumps({"a": [1, True, 2.5, "\u00e9\n", None, 10**12]}, protocol=0))


class Evil:
    def __reduce__(self):
        return os.system, ("true",)


class Other:
    pass


torch.save({"state_dict": plain(), "callback": Evil()}, "evil.pth")
torch.save({"w": shared, "e": Evil()}, "evil-legacy.pth", _use_new_zipfile_serialization=False)
torch.save({"w": shared, "hyper": Other()}, "class.pth")

tensors = {k: v.contiguous().clone() for k, v in plain().items()}
safetensors.torch.save_file(tensors, "plain.safetensors", metadata={"format": "pt"})
safetensors.torch.save_file({"a": shared[:2].clone()}, "shard-1.safetensors")
safetensors.torch.save_file({"b.c": shared[2:].clone()}, "shard-2.safetensors")
with open("model.safetensors.index.json", "w") as file:
    file.write(
        '{"metadata": {"total_size": 24}, "weight_map": '
        '{"a": "shard-1.safetensors", "b.c": "shard-2.safetensors"}}\n'
    )

grid = np.arange(6, dtype=np.float32).reshape(2, 3)
np.save("c.npy", grid)
np.save("fortran.npy", np.asfortranarray(grid))
np.save("big.npy", grid.astype(">f8"))
np.save("u16.npy", grid.astype(np.uint16))

for name in os.listdir("."):
    os.chmod(name, 0o644)
