"""Writes opencv.json: what OpenCV's GrabCut makes of small synthetic images and a box.

    python make_grabcut.py

OpenCV starts its colour models by a random k-means. For each image there are the models of one such start with the
mask that follows from exactly these, and the least Dice between masks of eight other starts, which tells how much the
start matters.
"""

import json
import pathlib

import cv2
import numpy as np

ITERATIONS = 5


def place(height, width):
    y, x = np.mgrid[:height, :width]
    return x.astype(float), y.astype(float)


def ellipse(x, y, centre, radii):
    return ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2 <= 1


def disc(rng):
    x, y = place(48, 60)
    truth = ellipse(x, y, (28, 24), (13, 13))
    return np.where(truth, 170, 80) + rng.normal(0, 12, truth.shape), truth, (11, 7, 35, 35)


def dim_disc(rng):
    x, y = place(40, 52)
    truth = ellipse(x, y, (25, 19), (12, 9))
    return 100 + 30 * truth + 0.5 * x + rng.normal(0, 6, truth.shape), truth, (10, 7, 31, 25)


def tissue(rng):
    # An object of two tones between two tones of background, with an edge that is not sharp.
    x, y = place(56, 56)
    truth = ellipse(x, y, (27, 29), (15, 12))
    image = np.where(x < 20, 60.0, 90.0) + np.where(truth, np.where(y < 29, 75.0, 110.0), 0)
    return cv2.GaussianBlur(image, (0, 0), 0.8) + rng.normal(0, 5, truth.shape), truth, (9, 14, 37, 31)


def texture(rng):
    # Stripes of two colours on a chequered ground of two others; the mean luminance is the same.
    x, y = place(50, 64)
    truth = ellipse(x, y, (33, 25), (16, 14))
    stripes = ((x + y).astype(int) // 3 % 2).astype(bool)
    squares = ((x.astype(int) // 4 + y.astype(int) // 4) % 2).astype(bool)
    inside = np.where(stripes[..., None], (200, 90, 60), (150, 60, 110))
    outside = np.where(squares[..., None], (60, 140, 90), (90, 120, 60))
    image = np.where(truth[..., None], inside, outside)
    return image + rng.normal(0, 10, image.shape), truth, (14, 8, 39, 35)


def cut(image, rect, seed, iterations):
    cv2.setRNGSeed(seed)
    mask = np.zeros(image.shape[:2], np.uint8)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(image, mask, rect, *models, iterations, cv2.GC_INIT_WITH_RECT)
    return mask, models


def dice(a, b):
    return 2 * (a & b).sum() / (a.sum() + b.sum())


def scene(name, make, rng):
    values, truth, rect = make(rng)
    values = values.round().clip(0, 255).astype(np.uint8)
    image = values if values.ndim == 3 else cv2.merge([values] * 3)
    masks = [cut(image, rect, seed, ITERATIONS)[0] & 1 == 1 for seed in range(8)]
    start, models = cut(image, rect, 1, 0)
    background, object_ = [m.ravel().tolist() for m in models]
    cv2.grabCut(image, start, None, *models, ITERATIONS, cv2.GC_EVAL)
    least = min(dice(a, b) for a in masks for b in masks)
    print(name, "Dice with the truth", round(dice(masks[0], truth), 4), "between starts", round(least, 4))
    return {
        "name": name, "width": values.shape[1], "height": values.shape[0],
        "channels": values.shape[2] if values.ndim == 3 else 1, "box": rect, "values": values.ravel().tolist(),
        "background": background, "object": object_, "iterations": ITERATIONS,
        "mask": (start & 1).ravel().tolist(), "truth": truth.astype(int).ravel().tolist(),
        "betweenStarts": round(float(least), 6),
    }


rng = np.random.default_rng(7)
golden = {
    "library": {"opencv": cv2.__version__, "numpy": np.__version__},
    "scenes": [scene(name, make, rng) for name, make in [
        ("bright disc", disc), ("dim disc on a slope", dim_disc), ("two tones", tissue), ("coloured texture", texture)]],
}
path = pathlib.Path(__file__).with_name("opencv.json")
path.write_text(json.dumps(golden) + "\n")
