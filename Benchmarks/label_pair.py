"""Writes a prediction and a reference of 256 × 256 × 128 voxels with four labels, the same on every machine."""

import sys

import nibabel
import numpy

SIZE = (256, 256, 128)
SPACING = (0.8, 0.8, 2.5)
# Centre and radii in voxels: a liver, two kidneys, a spine.
ORGANS = {
    1: ((95, 120, 70), (70, 80, 45)), 2: ((190, 90, 60), (28, 34, 26)),
    3: ((200, 175, 55), (30, 32, 28)), 4: ((128, 215, 64), (22, 24, 60))}


def labels(shift, waves, islands):
    """Ellipsoids with waves on their surface; `islands` puts boxes of each label far from it."""
    x, y, z = numpy.ogrid[:SIZE[0], :SIZE[1], :SIZE[2]]
    found = numpy.zeros(SIZE, numpy.uint8)
    for label, (centre, radii) in ORGANS.items():
        a, b, c = ((axis - middle - shift * label) / radius
                   for axis, middle, radius in zip((x, y, z), centre, radii))
        wave = 0.05 * numpy.sin(waves * a) * numpy.cos(waves * b) * numpy.sin(waves * c + label)
        found[a * a + b * b + c * c <= 1 + wave] = label
        if islands:
            i = 20 * label
            found[i:i + 4, 8:12, 100 + label:103 + label] = label
    return found


def main(prediction, reference):
    affine = numpy.diag([*SPACING, 1])
    for path, made in ((prediction, labels(0.6, 9, True)), (reference, labels(0, 7, False))):
        nibabel.save(nibabel.Nifti1Image(made, affine), path)


if __name__ == "__main__":
    main(*sys.argv[1:])
