"""Writes a dataset of noisy nested ellipsoids in nnU-Net's raw layout, the same on every machine.

    python ellipsoids.py volumes|slices|large FOLDER
"""

import json
import pathlib
import sys

import nibabel
import numpy
from PIL import Image

MEANS = numpy.array([60.0, 120.0, 180.0])
# Cases, size, how much it varies, noise. Volumes have the size of the cases of MSD's hippocampus, so that nnU-Net
# plans the same network for them. The large one has little noise: its labels shall be clear.
KINDS = {
    "volumes": (10, (35, 50, 35), 2, 25), "slices": (10, (256, 256), 0, 25),
    "large": (1, (160, 160, 160), 0, 8)}


def scene(shape, noise, random):
    """Grey values and labels: a shell (1) around a core (2), off the middle."""
    axes = numpy.ogrid[tuple(slice(extent) for extent in shape)]
    distance = sum(
        ((axis / extent - random.uniform(0.4, 0.6)) / random.uniform(0.3, 0.4)) ** 2
        for axis, extent in zip(axes, shape))
    labels = (distance < 1).astype(numpy.uint8) + (distance < 0.35)
    return (MEANS[labels] + random.normal(0, noise, shape)).clip(0, 255), labels


def write(values, path):
    if path.suffix == ".png":
        Image.fromarray(values.astype(numpy.uint8)).save(path)
    else:
        nibabel.save(nibabel.Nifti1Image(values.astype(numpy.int16), numpy.eye(4)), path)


def main(kind, folder):
    count, size, variation, noise = KINDS[kind]
    folder = pathlib.Path(folder)
    ending = ".png" if len(size) == 2 else ".nii.gz"
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        random = numpy.random.default_rng(number)
        shape = [extent + int(random.integers(-variation, variation + 1)) for extent in size]
        values, labels = scene(shape, noise, random)
        write(values, folder / "imagesTr" / f"case_{number:03d}_0000{ending}")
        write(labels, folder / "labelsTr" / f"case_{number:03d}{ending}")
    # Last, because its presence says that the rest is whole.
    (folder / "dataset.json").write_text(json.dumps({
        "channel_names": {"0": "grey"}, "labels": {"background": 0, "shell": 1, "core": 2},
        "numTraining": count, "file_ending": ending}, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
