"""Small patches changed by nnU-Net's own augmentation with fixed parameters.

Usage: python augmentation.py > augmentation.json, with nnunetv2, scipy and scikit-image importable.
"""

import importlib.metadata
import json
import math

import numpy as np
import torch
from batchgeneratorsv2.transforms.intensity.brightness import MultiplicativeBrightnessTransform
from batchgeneratorsv2.transforms.intensity.contrast import ContrastTransform
from batchgeneratorsv2.transforms.intensity.gamma import GammaTransform
from batchgeneratorsv2.transforms.noise.gaussian_blur import blur_dimension
from batchgeneratorsv2.transforms.spatial.low_resolution import SimulateLowResolutionTransform
from batchgeneratorsv2.transforms.spatial.mirroring import MirrorTransform
from batchgeneratorsv2.transforms.spatial.spatial import SpatialTransform
from batchgeneratorsv2.transforms.utils.deep_supervision_downsampling import (
    DownsampleSegForDSTransform,
)
from batchgeneratorsv2.transforms.nnunet import random_binary_operator as operators
from nnunetv2.training.data_augmentation.compute_initial_patch_size import get_patch_size
from nnunetv2.training.dataloading import data_loader
from scipy import ndimage
from skimage import measure, morphology

torch.set_num_threads(1)
random = np.random.default_rng(20250801)
SHAPES = {"3d": (8, 9, 11), "2d": (14, 17)}
TARGETS = {"3d": (6, 7, 8), "2d": (9, 11)}


def numbers(array):
    return [float(f"{v:.6g}") for v in np.asarray(array, dtype=np.float64).ravel()]


def whole(array):
    return [int(v) for v in np.asarray(array).ravel()]


def inputs(name):
    """Smooth labels, so that most cells have few of them, and values in steps of 1/256."""
    shape = SHAPES[name]
    image = random.integers(-512, 1024, shape)
    field = ndimage.gaussian_filter(random.normal(size=shape), 1.2)
    cuts = np.quantile(field, [0.05, 0.55, 0.75, 0.9])
    labels = np.digitize(field, cuts) - 1
    return image, labels


def spatial(name, angles, scale, planar=False):
    image, labels = data[name]
    target = TARGETS[name]
    if planar:
        target = (image.shape[0],) + target[1:]
    size = target[1:] if planar else target
    transform = SpatialTransform(
        size, 0, False, p_rotation=1, rotation=lambda image, dim: angles[dim], p_scaling=1,
        scaling=scale, p_synchronize_scaling_across_axes=1, bg_style_seg_sampling=False,
        border_mode_seg="constant", padding_value_seg=-1)
    img = torch.from_numpy(image / 256).float()
    seg = torch.from_numpy(labels).to(torch.int16)
    if not planar:
        img, seg = img[None], seg[None]
    out = transform(image=img, segmentation=seg)
    return {"input": name, "angles": angles, "scale": scale, "planar": planar, "size": target,
            "image": numbers(out["image"]), "labels": whole(out["segmentation"])}


def apply(transform, name):
    image, _ = data[name]
    return numbers(transform(image=torch.from_numpy(image / 256).float()[None])["image"])


def blur(name, sigmas):
    image, _ = data[name]
    theirs = torch.from_numpy(image / 256).float()[None]
    for axis, sigma in enumerate(sigmas):
        theirs = blur_dimension(theirs, sigma, axis, force_use_fft=False)
    # The same reach in scipy, whose own rule differs.
    radius = []
    for sigma in sigmas:
        length = 6 * sigma + 0.5
        near = round(length)
        radius.append((near if near % 2 else near + (1 if length >= near else -1)) // 2)
    scipys = ndimage.gaussian_filter(image / 256, sigmas, mode="mirror", radius=radius)
    return {"input": name, "sigmas": sigmas, "nnunet": numbers(theirs), "scipy": numbers(scipys)}


def bounds(shape, patch, final):
    """Where the first voxel of a patch may lie: what nnU-Net asks its random numbers for."""
    loader = data_loader.nnUNetDataLoader.__new__(data_loader.nnUNetDataLoader)
    flat = (1,) * (3 - len(patch))
    loader.patch_size = flat + tuple(patch)
    loader.need_to_pad = (np.array(flat + tuple(patch)) - np.array(flat + tuple(final))).astype(int)
    loader.has_ignore = False
    asked = []
    original = np.random.randint

    def record(low, high):
        asked.append([int(low), int(high) - 1])
        return low

    np.random.randint = record
    loader.get_bbox(np.array(shape), False, None)
    np.random.randint = original
    return {"shape": shape, "initial": patch, "patch": final, "bounds": asked}


def initial(patch, degrees, planar):
    angle = degrees / 360 * 2.0 * np.pi
    size = get_patch_size(patch, *[(-angle, angle)] * 3, (0.85, 1.25))
    if planar:
        size[0] = patch[0]
    return {"patch": patch, "degrees": degrees, "planar": planar, "initial": whole(size)}


def fixed(value):
    return lambda *_, **__: value


def morphological(name, operator, radius):
    _, labels = data[name]
    mask = labels >= 2
    element = morphology.ball(radius) if mask.ndim == 3 else morphology.disk(radius)
    function = getattr(operators, f"binary_{operator}_torch")
    out = function(torch.from_numpy(mask), torch.from_numpy(element).bool())
    return {"input": name, "operator": operator, "radius": radius, "mask": whole(out.numpy())}


data = {name: inputs(name) for name in SHAPES}
golden = {
    "versions": {
        name: importlib.metadata.version(name)
        for name in ["nnunetv2", "batchgeneratorsv2", "torch", "numpy", "scipy", "scikit-image"]
    },
    "inputs": {
        name: {"shape": SHAPES[name], "image256": whole(image), "labels": whole(labels)}
        for name, (image, labels) in data.items()
    },
    "spatial": [
        spatial("3d", [0.3, -0.2, 0.45], 1.0),
        spatial("3d", [0.0, 0.0, 0.0], 0.8),
        spatial("3d", [-0.5, 0.4, 0.1], 1.4),
        spatial("3d", [0.5, 0.5, -0.5], 0.7),
        spatial("2d", [0.0, 2.1], 1.1),
        spatial("2d", [0.0, -0.25], 0.75),
        spatial("3d", [0.0, 1.3], 1.2, planar=True),
    ],
    "blur": [
        blur("3d", [0.5, 0.77, 1.0]), blur("3d", [1.9, 0.61, 0.9]), blur("2d", [0.55, 0.93]),
    ],
    "brightness": [
        {"input": "3d", "factor": 1.2,
         "image": apply(MultiplicativeBrightnessTransform(fixed(1.2), False), "3d")},
    ],
    "contrast": [
        {"input": name, "factor": f,
         "image": apply(ContrastTransform(fixed(f), True, False), name)}
        for name, f in [("3d", 0.76), ("3d", 1.24), ("2d", 1.1)]
    ],
    "lowResolution": [
        {"input": name, "resolution": r, "planar": axes is not None,
         "image": apply(SimulateLowResolutionTransform(r, False, True, axes), name)}
        for name, r, axes in [("3d", 0.5, None), ("3d", 0.73, None), ("3d", 0.6, (0,)),
                              ("2d", 0.5, None), ("2d", 0.87, None)]
    ],
    "gamma": [
        {"input": name, "exponent": g, "inverted": i, "keeps": k,
         "image": apply(GammaTransform(fixed(g), float(i), False, 1, float(k)), name)}
        for name, g, i, k in [("3d", 0.71, False, True), ("3d", 1.48, True, True),
                              ("2d", 1.3, False, False), ("2d", 0.9, True, True)]
    ],
    "deepSupervision": [
        {"input": name, "scales": scales,
         "targets": [{"shape": list(t.shape[1:]), "labels": whole(t)}
                     for t in DownsampleSegForDSTransform(scales)(
                         segmentation=torch.from_numpy(data[name][1]).to(torch.int16)[None]
                     )["segmentation"]]}
        for name, scales in [("3d", [[1, 1, 1], [0.5, 0.5, 0.5], [0.5, 0.25, 0.25]]),
                             ("2d", [[1, 1], [0.5, 0.5], [0.25, 0.25]])]
    ],
    "morphology": [
        morphological(name, operator, radius)
        for name in SHAPES for operator in ["dilation", "erosion", "closing", "opening"]
        for radius in [1, 3]
    ],
    "pieces": [
        {"input": name, "label": label,
         "sizes": whole(np.bincount(measure.label(data[name][1] == label).ravel())[1:])}
        for name in SHAPES for label in [0, 1, 3]
    ],
    "bounds": [
        bounds([20, 30, 40], [16, 24, 32], [10, 14, 20]),
        bounds([5, 9, 50], [16, 24, 32], [10, 14, 20]),
        bounds([7, 40, 41], [13, 15], [8, 9]),
        bounds([3, 10, 12], [13, 15], [13, 15]),
        bounds([33, 21, 17], [33, 20, 18], [33, 20, 18]),
    ],
    "initialPatchSizes": [
        initial([128, 128, 128], 30, False), initial([96, 160, 128], 30, False),
        initial([40, 56, 40], 30, False), initial([20, 320, 256], 180, True),
        initial([512, 512], 180, False), initial([256, 224], 180, False),
        initial([640, 320], 15, False),
    ],
}
print(json.dumps(golden, separators=(",", ":")))
