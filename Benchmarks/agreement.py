"""Compares the results of two folders file by file and prints one JSON object."""

import json
import pathlib
import sys

import nibabel
import numpy
from PIL import Image
from safetensors.numpy import load_file


def labels(path):
    if path.suffix == ".png":
        return numpy.asarray(Image.open(path))
    return numpy.asarray(nibabel.load(path).dataobj)


def figures(path):
    return json.loads(path.read_text())["values"]


def dice(a, b):
    """Of the foreground; two empty masks are equal."""
    a, b = a > 0, b > 0
    total = a.sum() + b.sum()
    return 1.0 if total == 0 else float(2 * (a & b).sum() / total)


def iou(a, b):
    """Intersection over union of the foreground; two empty masks are equal."""
    value = dice(a, b)
    return value / (2 - value)


def values(a, b):
    """The share of figures in which two reports differ by at most a millionth."""
    if a.keys() != b.keys():
        raise SystemExit(f"ours has {sorted(a)}, the peer {sorted(b)}")
    return sum(abs(a[key] - b[key]) <= 1e-6 * max(1, abs(b[key])) for key in a) / len(a)


def tensors(path):
    """Names and shapes of what a safetensors file holds; the values are left where they are."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return {name: entry["shape"] for name, entry in header.items() if name != "__metadata__"}


def same(a, b):
    """The share of names that stand for the same in both."""
    names = a.keys() | b.keys()
    return sum(a.get(name) == b.get(name) for name in names) / len(names)


def arrays(path):
    return load_file(path)


def close(a, b):
    """The share of arrays that differ by at most five thousandths (relative L2), of names that are in both or in one."""
    names = a.keys() | b.keys()
    return sum(n in a and n in b and distance(a[n], b[n]) <= 5e-3 for n in names) / len(names)


def distance(a, b):
    """Of two arrays of zeros none; biases before a normalisation have gradients of rounding alone."""
    size = max(numpy.linalg.norm(a.astype(float)), numpy.linalg.norm(b.astype(float)))
    difference = numpy.linalg.norm(a.astype(float) - b)
    return 0 if difference < 1e-5 else difference / size


MEASURES = {
    "voxels": ("equal", lambda a, b: float((a == b).mean())), "dice": ("Dice", dice),
    "iou": ("IoU", iou), "values": ("equal", values), "tensors": ("same network", same),
    "close": ("close", close)}
# Ends of the names of the files that count, and how they are read.
FILES = {
    "values": ((".json",), figures), "tensors": (("checkpoint_final.safetensors",), tensors),
    "close": (("found.safetensors",), arrays)}


def main(measure, ours, peer):
    title, compare = MEASURES[measure]
    ends, read = FILES.get(measure, ((".png", ".gz"), labels))
    files, theirs = (
        sorted(p.name for p in pathlib.Path(folder).rglob("*") if p.name.endswith(ends))
        for folder in (ours, peer))
    if files != theirs or not files:
        raise SystemExit(f"ours wrote {len(files)} files, the peer {len(theirs)} of other names")
    values = []
    for name in files:
        a, b = (read(next(pathlib.Path(folder).rglob(name))) for folder in (ours, peer))
        if read is labels and a.shape != b.shape:
            raise SystemExit(f"{name}: ours is {a.shape}, the peer's {b.shape}")
        values.append(compare(a, b))
    print(json.dumps({
        "measure": title, "value": sum(values) / len(values),
        "lowest": min(values), "files": len(values)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
