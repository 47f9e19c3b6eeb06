"""Writes scikit-image.json: Otsu thresholds and random-walker probabilities of small synthetic images.

    python make_golden.py
"""

import json
import pathlib

import numpy as np
import scipy
import skimage
from skimage.filters import threshold_otsu
from skimage.segmentation import random_walker


def blob(height, width, rng, channels=None, noise=0.1):
    y, x = np.mgrid[:height, :width]
    inside = ((x - width * 0.45) / (width * 0.27)) ** 2 + ((y - height / 2) / (height * 0.3)) ** 2 < 1
    if channels:
        contrast = rng.uniform(0.1, 0.5, channels)
        image = 0.2 + inside[..., None] * contrast + noise * rng.standard_normal((height, width, channels))
    else:
        image = 0.3 + 0.4 * inside + noise * rng.standard_normal((height, width))
    return image.astype(np.float32)


def walker(name, image, beta, rng):
    height, width = image.shape[:2]
    seeds = np.zeros((height, width), np.int64)
    seeds[height // 2, int(width * 0.45)] = 1
    seeds[height // 2 + 1, int(width * 0.4)] = 1
    seeds[0, :] = seeds[:, -1] = 2
    seeds[rng.integers(height // 2, height), 0] = 2
    multichannel = image.ndim == 3
    # Float64, so that the standard deviation is not rounded; 'bf' solves exactly.
    found = random_walker(image.astype(np.float64), seeds, beta=beta, mode="bf", return_full_prob=True,
                          channel_axis=-1 if multichannel else None)
    return {
        "name": name, "width": width, "height": height, "channels": image.shape[2] if multichannel else 1,
        "beta": beta, "image": [float(f"{v:.6g}") for v in image.ravel()], "seeds": seeds.ravel().tolist(),
        "probabilities": [round(float(v), 7) for v in found[0].ravel()],
    }


def otsu(name, values):
    mask = values > threshold_otsu(values)
    return {"name": name, "values": values.ravel().tolist(), "threshold": float(threshold_otsu(values)),
            "bright": int(mask.sum())}


rng = np.random.default_rng(20)
rounded = lambda image: np.array([float(f"{v:.6g}") for v in image.ravel()], np.float32).reshape(image.shape)
two = np.concatenate([rng.normal(40, 9, 700), rng.normal(150, 20, 300)])
golden = {
    "library": {"scikit-image": skimage.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    "walker": [
        walker("grey", rounded(blob(18, 23, rng)), 130, rng),
        walker("grey, weak edges", rounded(blob(14, 14, rng, noise=0.02)), 10, rng),
        walker("grey, strong edges", rounded(blob(16, 11, rng)), 2000, rng),
        walker("colour", rounded(blob(13, 17, rng, channels=3)), 130, rng),
        walker("four rows", rounded(blob(4, 20, rng)), 130, rng),
    ],
    "otsu": [
        otsu("8-bit", two.clip(0, 255).astype(np.uint8)),
        otsu("Hounsfield units", (two * 12 - 1024).astype(np.int16)),
        otsu("real numbers", rounded((two / 255).astype(np.float32))),
        otsu("negative real numbers", rounded((-two * 3.7).astype(np.float32))),
        otsu("two values", np.array([3, 3, 3, 9, 9], np.int16)),
        otsu("skewed", rng.exponential(2, 500).astype(np.float32).round(4)),
    ],
}
path = pathlib.Path(__file__).with_name("scikit-image.json")
path.write_text(json.dumps(golden) + "\n")
