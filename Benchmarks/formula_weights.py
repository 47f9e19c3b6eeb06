"""Writes weights by the formula of Parity/README.md, for benchmarks without published ones at hand."""

import json
import math
import os
import pathlib
import struct
import sys

import numpy

MASK = (1 << 64) - 1


def stream(name, count):
    """`count` numbers in [−1, 1) of the SplitMix64 stream whose seed is the FNV-1a hash of `name`."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & MASK
    z = numpy.arange(1, count + 1, dtype=numpy.uint64)
    with numpy.errstate(over="ignore"):
        z *= numpy.uint64(0x9E3779B97F4A7C15)
        z += numpy.uint64(seed)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            z ^= z >> numpy.uint64(shift)
            z *= numpy.uint64(factor)
        z ^= z >> numpy.uint64(31)
    unit = (z >> numpy.uint64(40)).astype(numpy.float32) * numpy.float32(2.0**-24)
    return numpy.float32(2) * unit - numpy.float32(1)


def value(name, shape):
    v = stream(name, math.prod(shape))
    if name.endswith("running_var"):
        return numpy.float32(1) + numpy.float32(0.1) * numpy.abs(v)
    if len(shape) >= 2:
        return v * numpy.float32(math.sqrt(3 / math.prod(shape[1:])))
    v = numpy.float32(0.1) * v
    return numpy.float32(1) + v if name.endswith(("weight", "gamma")) else v


def write(manifest, target):
    """A safetensors file, tensor by tensor, so that the largest model needs no memory for all of them."""
    tensors = [
        entry for entry in json.loads(pathlib.Path(manifest).read_text())["tensors"]
        if entry.get("generated", True)]
    header, offset = {}, 0
    for entry in tensors:
        end = offset + 4 * math.prod(entry["shape"])
        header[entry["name"]] = {
            "dtype": "F32", "shape": entry["shape"], "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    target = pathlib.Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Aside and then in place: an interrupted run must not leave half a file that looks whole.
    aside = target.with_name(target.name + ".part")
    with open(aside, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for entry in tensors:
            file.write(value(entry.get("alias_of", entry["name"]), entry["shape"]).astype("<f4"))
    os.replace(aside, target)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: formula_weights.py MANIFEST.json OUT.safetensors")
    write(*sys.argv[1:])
