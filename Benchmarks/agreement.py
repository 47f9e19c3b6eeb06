"""Compares the results of two folders file by file and prints one JSON object."""

import json
import pathlib
import sys

import nibabel
import numpy
from PIL import Image


def labels(path):
    if path.suffix == ".png":
        return numpy.asarray(Image.open(path))
    return numpy.asarray(nibabel.load(path).dataobj)


def dice(a, b):
    """Of the foreground; two empty masks are equal."""
    a, b = a > 0, b > 0
    total = a.sum() + b.sum()
    return 1.0 if total == 0 else float(2 * (a & b).sum() / total)


def main(measure, ours, peer):
    files = sorted(p.name for p in pathlib.Path(ours).iterdir() if p.suffix != ".json")
    theirs = sorted(p.name for p in pathlib.Path(peer).iterdir())
    if files != theirs or not files:
        raise SystemExit(f"ours wrote {len(files)} files, the peer {len(theirs)} of other names")
    values = []
    for name in files:
        a, b = labels(pathlib.Path(ours, name)), labels(pathlib.Path(peer, name))
        if a.shape != b.shape:
            raise SystemExit(f"{name}: ours is {a.shape}, the peer's {b.shape}")
        values.append(float((a == b).mean()) if measure == "voxels" else dice(a, b))
    print(json.dumps({
        "measure": "equal" if measure == "voxels" else "Dice", "value": sum(values) / len(values),
        "lowest": min(values), "files": len(values)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
