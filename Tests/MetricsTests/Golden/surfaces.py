"""Writes surfaces.json and skeletons.json: what the libraries of the field say about masks made by formula.

Needs medpy, monai, scikit-image, nibabel, and on PYTHONPATH the repositories of MetricsReloaded and
surface-distance. Arrays are indexed (z, y, x).
"""

import itertools
import json
import pathlib
import warnings

import medpy.metric.binary as medpy
import MetricsReloaded.metrics.pairwise_measures as reloaded
import monai
import numpy
import scipy.ndimage
import skimage
import surface_distance
import torch
from monai.metrics import (
    compute_average_surface_distance, compute_hausdorff_distance, compute_surface_dice)
from skimage.morphology import skeletonize
from surface_distance import lookup_tables

warnings.simplefilter("ignore")

# Sizes and spacings along x, y, z; shapes are [label, centre, radii, sieve]; whole numbers only.
CASES = [
    {"name": "ellipsoids", "size": [61, 53, 37], "spacing": [0.7, 0.9, 2.5], "tolerance": 1.0,
     "prediction": [[1, [25, 22, 15], [17, 14, 9], 0], [2, [45, 30, 25], [9, 15, 7], 0],
                    [3, [12, 40, 30], [5, 5, 5], 0]],
     "reference": [[1, [27, 21, 16], [16, 15, 9], 0], [2, [44, 33, 24], [10, 13, 8], 0],
                   [3, [14, 41, 29], [6, 4, 4], 0]]},
    {"name": "edges and islands", "size": [40, 66, 23], "spacing": [1.25, 1.0, 3.0],
     "tolerance": 3.0,
     "prediction": [[1, [0, 0, 0], [22, 30, 9], 0], [1, [39, 65, 22], [3, 3, 1], 0],
                    [7, [20, 50, 12], [30, 10, 30], 0]],
     "reference": [[1, [2, 1, 0], [20, 31, 10], 0], [7, [20, 48, 11], [30, 12, 30], 0]]},
    {"name": "rough", "size": [33, 31, 29], "spacing": [0.5, 0.75, 0.6], "tolerance": 0.8,
     "prediction": [[1, [15, 15, 14], [12, 11, 10], 5], [4, [27, 5, 20], [4, 4, 7], 3]],
     "reference": [[1, [16, 14, 14], [11, 12, 11], 7], [4, [25, 6, 19], [6, 3, 6], 0]]},
    {"name": "isotropic", "size": [48, 48, 48], "spacing": [1.0, 1.0, 1.0], "tolerance": 1.0,
     "prediction": [[1, [20, 24, 24], [15, 15, 15], 0], [2, [40, 40, 8], [6, 6, 6], 0]],
     "reference": [[1, [24, 24, 22], [14, 16, 15], 0], [2, [41, 38, 9], [6, 5, 6], 0]]},
    {"name": "far apart", "size": [70, 20, 15], "spacing": [1.0, 2.0, 1.5], "tolerance": 2.0,
     "prediction": [[1, [8, 9, 7], [7, 6, 5], 0]], "reference": [[1, [60, 10, 8], [8, 7, 4], 0]]},
    {"name": "picture", "size": [97, 71, 1], "spacing": [0.4, 0.6, 1.0], "tolerance": 1.0,
     "prediction": [[1, [40, 30, 0], [28, 20, 1], 0], [2, [80, 60, 0], [30, 15, 1], 4]],
     "reference": [[1, [43, 32, 0], [26, 22, 1], 0], [2, [78, 61, 0], [27, 14, 1], 0]]},
]


def labels(size, shapes):
    """Ellipsoids, later ones on top; a sieve leaves out every voxel whose hash is a multiple of it."""
    z, y, x = numpy.indices(size[::-1])
    found = numpy.zeros(size[::-1], numpy.int32)
    for label, centre, radii, sieve in shapes:
        a, b, c = ((axis - middle) ** 2 for axis, middle in zip((x, y, z), centre))
        p, q, r = (radius * radius for radius in radii)
        inside = a * q * r + b * p * r + c * p * q <= p * q * r
        if sieve:
            inside &= (7 * x + 13 * y + 29 * z) % sieve != 0
        found[inside] = label
    return found


def by_medpy(a, b, spacing, tolerance):
    return {"hd": medpy.hd(a, b, spacing), "hd95": medpy.hd95(a, b, spacing),
            "assd": medpy.assd(a, b, spacing), "asd": medpy.asd(a, b, spacing)}


def by_monai(a, b, spacing, tolerance):
    a, b = (torch.from_numpy(mask)[None, None] for mask in (a, b))
    options = {"include_background": True, "spacing": spacing}
    return {
        "hd": compute_hausdorff_distance(a, b, **options).item(),
        "hd95": compute_hausdorff_distance(a, b, percentile=95, **options).item(),
        "assd": compute_average_surface_distance(a, b, symmetric=True, **options).item(),
        "asd": compute_average_surface_distance(a, b, **options).item(),
        "nsd": compute_surface_dice(a, b, [tolerance], **options).item(),
        "nsd of elements": compute_surface_dice(
            a, b, [tolerance], use_subvoxels=True, **options).item()}


def by_reloaded(a, b, spacing, tolerance):
    options = {"hd_perc": 95, "nsd": tolerance}
    a, b = (mask.astype(numpy.uint8) for mask in (a, b))
    measures = reloaded.BinaryPairwiseMeasures(a, b, pixdim=spacing, dict_args=options)
    hd, assd, hd95, masd = measures.measured_distance()
    found = {"hd": hd, "assd": assd, "hd95": hd95, "masd": masd,
             "nsd": measures.normalised_surface_distance()}
    for width in (1, 2, 3.5):
        again = reloaded.BinaryPairwiseMeasures(a, b, dict_args={"boundary_dist": width})
        found[f"boundary iou {width:g}"] = again.boundary_iou()
    sums = measures.topology_precision(), measures.topology_sensitivity()
    found["topology precision"], found["topology sensitivity"] = sums
    return found


def by_surface_distance(a, b, spacing, tolerance):
    found = surface_distance.compute_surface_distances(b, a, spacing)
    back, there = surface_distance.compute_average_surface_distance(found)
    return {
        "hd": surface_distance.compute_robust_hausdorff(found, 100),
        "hd95": surface_distance.compute_robust_hausdorff(found, 95),
        "to reference": there, "to prediction": back,
        "nsd": surface_distance.compute_surface_dice_at_tolerance(found, tolerance)}


def by_scipy(a, b, spacing, tolerance):
    """Bands by erosion: no library has them as a metric for volumes."""
    found = {}
    for width in (1, 2, 4):
        bands = [
            mask & ~scipy.ndimage.binary_erosion(mask, numpy.ones([3] * mask.ndim), width)
            for mask in (a, b)]
        found[f"boundary iou {width}"] = (bands[0] & bands[1]).sum() / (bands[0] | bands[1]).sum()
    return found


PEERS = {"medpy": by_medpy, "monai": by_monai, "MetricsReloaded": by_reloaded,
         "surface-distance": by_surface_distance, "scipy": by_scipy}


def surfaces():
    for case in CASES:
        spacing = case["spacing"][::-1]
        a, b = (labels(case["size"], case[side]) for side in ("prediction", "reference"))
        if case["size"][2] == 1:
            a, b, spacing = a[0], b[0], spacing[1:]
        found = {}
        for label in sorted(set(numpy.unique(a)) | set(numpy.unique(b))):
            if label != 0:
                found[str(label)] = {
                    peer: {name: float(value) for name, value in measure(
                        a == label, b == label, spacing, case["tolerance"]).items()}
                    for peer, measure in PEERS.items()}
        yield {**case, "values": found}


def areas(spacing):
    """By code, where the bit of voxel (x, y, z) is x + 2 y + 4 z."""
    table = lookup_tables.create_table_neighbour_code_to_surface_area(spacing[::-1])
    kernel = lookup_tables.ENCODE_NEIGHBOURHOOD_3D_KERNEL
    return [
        table[sum(int(kernel[z, y, x]) for z, y, x in itertools.product((0, 1), repeat=3)
                  if code >> (x + 2 * y + 4 * z) & 1)]
        for code in range(256)]


def lengths(spacing):
    table = lookup_tables.create_table_neighbour_code_to_contour_length(spacing[1::-1])
    kernel = lookup_tables.ENCODE_NEIGHBOURHOOD_2D_KERNEL
    return [
        table[sum(int(kernel[y, x]) for y, x in itertools.product((0, 1), repeat=2)
                  if code >> (x + 2 * y) & 1)]
        for code in range(16)]


class Generator:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state + 0x9E3779B97F4A7C15) % 2**64
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
        return (z ^ z >> 31) % limit


def random_mask(seed):
    """Boxes, and in every second mask holes."""
    generator = Generator(seed)
    longest = 28 if seed % 3 == 0 else 13
    size = [1 + generator.below(longest) for _ in range(3)]
    if seed % 3 == 0:
        size[2] = 1
    mask = numpy.zeros(size[::-1], bool)
    for _ in range(1 + generator.below(5)):
        ranges = []
        for length in size:
            low = generator.below(length)
            ranges.append(slice(low, min(length, low + 1 + generator.below(length))))
        mask[ranges[2], ranges[1], ranges[0]] = True
    if seed % 2 == 0:
        for _ in range(mask.size // 12):
            mask.reshape(-1)[generator.below(mask.size)] = False
    return mask


def digest(skeleton):
    """The voxels kept, and a sum over their places; x fastest."""
    places = numpy.flatnonzero(skeleton)
    return [len(places), int(sum(int(place + 1) * 2654435761 % 2**32 for place in places) % 2**32)]


def skeletons():
    """Digests with the arrays as (z, y, x) and as (x, y, z)."""
    for seed in range(600):
        mask = random_mask(seed)
        if seed % 3 == 0:
            found = skeletonize(mask[0])[None], skeletonize(mask[0].T).T[None]
        else:
            found = skeletonize(mask), skeletonize(mask.T).T
        yield digest(mask) + digest(found[0]) + digest(found[1])


def main():
    folder = pathlib.Path(__file__).parent
    versions = {
        "medpy": "0.5.2", "monai": monai.__version__, "MetricsReloaded": "cb38dfc",
        "surface-distance": "1f805ce", "scipy": scipy.__version__,
        "scikit-image": skimage.__version__}
    spacings = [[1, 1, 1], [0.7, 1.25, 3], [2, 0.5, 0.9]]
    elements = [{"spacing": s, "areas": areas(s), "lengths": lengths(s)} for s in spacings]
    content = {"versions": versions, "cases": list(surfaces()), "elements": elements}
    # Shortest numbers that still hold against 1e-9 keep the file small.
    text = json.dumps(content, default=float)
    rounded = json.loads(
        text, parse_float=lambda t: float(f"{float(t):.13g}"), parse_constant=lambda _: None)
    (folder / "surfaces.json").write_text(json.dumps(rounded) + "\n")
    (folder / "skeletons.json").write_text(
        json.dumps({"scikit-image": skimage.__version__, "masks": list(skeletons())}) + "\n")


if __name__ == "__main__":
    main()
