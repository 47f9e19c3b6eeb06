"""What nnunetv2's DefaultPreprocessor makes of small arrays: python preparation.py OUT.json

Arrays are made by formulas that the Swift tests repeat, so that the file holds results alone.
"""

import json
import sys
from importlib.metadata import version

import numpy as np
from nnunetv2.preprocessing.preprocessors.default_preprocessor import DefaultPreprocessor
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager
from skimage.transform import resize

MASK = (1 << 64) - 1


def noise(count, seed):
    """SplitMix64 as numbers in 0 ..< 1 with 24 bits."""
    state, values = seed, []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        values.append(((z ^ (z >> 31)) >> 40) / (1 << 24))
    return np.array(values)


def image(shape, seed, low, high, margin):
    """Noise between two values; `margin` voxels at each border and one hole inside are zero, and so is an
    eighth at the first corner where there is a margin."""
    values = (low + (high - low) * noise(int(np.prod(shape)), seed)).astype(np.float32).reshape(shape)
    for axis in range(3):
        place = [slice(None)] * 3
        for part in (slice(0, margin[axis]), slice(shape[axis] - margin[axis], None)):
            place[axis] = part
            values[tuple(place)] = 0
    values[tuple(s // 2 for s in shape)] = 0
    if any(margin):
        values[tuple(slice(0, (s + 1) // 2) for s in shape)] = 0
    return values


def labels(shape, seed, count):
    """Random labels in blocks of two voxels, so that boundaries meet in many ways."""
    coarse = [(s + 1) // 2 for s in shape]
    values = np.floor(noise(int(np.prod(coarse)), seed) * count).astype(np.int16).reshape(coarse)
    for axis in range(3):
        values = values.repeat(2, axis)
    return values[tuple(slice(0, s) for s in shape)]


INTENSITIES = {
    "max": 900.0, "mean": 110.25, "median": 98.0, "min": -700.0, "percentile_00_5": -410.5,
    "percentile_99_5": 655.75, "std": 123.4,
}

CASES = [
    # name, shape, spacing, target, schemes, mask, transposition, margin, ranges, labels
    dict(name="isotropic up", shape=[7, 9, 8], spacing=[1.5, 1.5, 1.5], target=[1, 1.1, 0.9],
         schemes=["ZScoreNormalization"], mask=[False], forward=[0, 1, 2], margin=[0, 1, 2],
         ranges=[[-50, 300]], labels=4),
    dict(name="isotropic down", shape=[14, 12, 16], spacing=[0.8, 0.8, 0.8], target=[1.5, 1.2, 1.7],
         schemes=["ZScoreNormalization"], mask=[False], forward=[0, 1, 2], margin=[0, 0, 0],
         ranges=[[-50, 300]], labels=4),
    dict(name="doubled", shape=[5, 6, 7], spacing=[2, 2, 2], target=[1, 1, 1],
         schemes=["NoNormalization"], mask=[False], forward=[0, 1, 2], margin=[0, 0, 0],
         ranges=[[0, 1]], labels=5),
    dict(name="anisotropic old", shape=[5, 14, 12], spacing=[6, 0.8, 0.8], target=[5, 1, 1],
         schemes=["CTNormalization"], mask=[False], forward=[0, 1, 2], margin=[1, 1, 1],
         ranges=[[-1000, 1000]], labels=4),
    dict(name="anisotropic new, fewer slices", shape=[12, 10, 9], spacing=[1.5, 1, 1],
         target=[4, 0.7, 0.8], schemes=["CTNormalization"], mask=[False], forward=[0, 1, 2],
         margin=[0, 0, 1], ranges=[[-1000, 1000]], labels=4),
    dict(name="anisotropic last axis", shape=[11, 12, 5], spacing=[0.8, 0.9, 4], target=[1, 0.7, 3],
         schemes=["ZScoreNormalization"], mask=[False], forward=[0, 1, 2], margin=[0, 0, 0],
         ranges=[[-5, 5]], labels=4),
    dict(name="anisotropic middle axis", shape=[9, 4, 10], spacing=[0.8, 4, 0.9], target=[1, 3, 0.7],
         schemes=["ZScoreNormalization"], mask=[False], forward=[0, 1, 2], margin=[0, 0, 0],
         ranges=[[-5, 5]], labels=3),
    dict(name="two coarse axes", shape=[8, 5, 5], spacing=[0.5, 2, 2], target=[1, 1, 1],
         schemes=["RescaleTo01Normalization"], mask=[False], forward=[0, 1, 2], margin=[0, 0, 0],
         ranges=[[-5, 5]], labels=3),
    dict(name="transposed, masked, two channels", shape=[10, 6, 9], spacing=[1, 3, 1.2],
         target=[2, 1.2, 1], schemes=["ZScoreNormalization", "NoNormalization"],
         mask=[True, False], forward=[1, 2, 0], margin=[2, 1, 1], ranges=[[100, 900], [-1, 1]],
         labels=3),
    dict(name="slices", shape=[3, 12, 10], spacing=[4, 0.8, 0.7], target=[1, 1],
         schemes=["ZScoreNormalization"], mask=[True], forward=[0, 1, 2], margin=[0, 2, 1],
         ranges=[[0, 200]], labels=4),
    dict(name="one colour slice", shape=[1, 9, 11], spacing=[999, 1, 1], target=[0.6, 0.7],
         schemes=["RGBTo01Normalization"] * 3, mask=[False] * 3, forward=[0, 1, 2],
         margin=[0, 0, 0], ranges=[[0, 255], [0, 200], [30, 255]], labels=3),
    dict(name="unchanged grid", shape=[5, 6, 7], spacing=[1, 1, 1], target=[1, 1, 1],
         schemes=["RescaleTo01Normalization"], mask=[False], forward=[2, 0, 1], margin=[1, 1, 1],
         ranges=[[-3, 8]], labels=3),
]


def plans(case):
    rule = {"order": 3, "order_z": 0, "force_separate_z": None, "is_seg": False}
    name = "resample_data_or_seg_to_shape"
    configuration = {
        "data_identifier": "test", "preprocessor_name": "DefaultPreprocessor", "batch_size": 2,
        "patch_size": [8] * len(case["target"]), "spacing": case["target"],
        "normalization_schemes": case["schemes"], "use_mask_for_norm": case["mask"],
        "resampling_fn_data": name, "resampling_fn_data_kwargs": rule,
        "resampling_fn_seg": name,
        "resampling_fn_seg_kwargs": rule | {"order": 1, "is_seg": True},
        "resampling_fn_probabilities": name,
        "resampling_fn_probabilities_kwargs": rule | {"order": 1},
        "architecture": {"network_class_name": "", "arch_kwargs": {}, "_kw_requires_import": []},
    }
    return PlansManager({
        "dataset_name": "Test", "plans_name": "nnUNetPlans",
        "transpose_forward": case["forward"],
        "transpose_backward": [case["forward"].index(i) for i in range(3)],
        "configurations": {"test": configuration}, "label_manager": "LabelManager",
        "image_reader_writer": "SimpleITKIO",
        "foreground_intensity_properties_per_channel": {
            str(c): INTENSITIES for c in range(len(case["schemes"]))},
    })


def run(case):
    data = np.stack([
        image(case["shape"], 11 + c, *bounds, case["margin"])
        for c, bounds in enumerate(case["ranges"])])
    seg = labels(case["shape"], 7, case["labels"])[None]
    manager = plans(case)
    configuration = manager.get_configuration("test")
    description = {"labels": {"background": 0} | {str(i): i for i in range(1, case["labels"])},
                   "channel_names": {str(c): "x" for c in range(len(data))}, "file_ending": ".nii"}
    properties = {"spacing": case["spacing"]}
    image_out, seg_out, properties = DefaultPreprocessor(verbose=False).run_case_npy(
        data, seg, properties, manager, configuration, description)
    # Any scores will do to try the way back.
    scores = noise(int(np.prod(image_out.shape[1:])), 99).astype(np.float32).reshape(
        (1, *image_out.shape[1:]))
    spacing = [case["spacing"][i] for i in case["forward"]]
    target = [*spacing[:3 - len(case["target"])], *case["target"]]
    after = [int(s) for s in properties["shape_after_cropping_and_before_resampling"]]
    back = configuration.resampling_fn_probabilities(scores, after, target, spacing)
    return case | {
        "crop": [[int(v) for v in axis] for axis in properties["bbox_used_for_cropping"]],
        "preparedShape": [int(s) for s in image_out.shape[1:]],
        "image": [float(f"{v:.7g}") for v in image_out.ravel()],
        "segmentation": [int(v) for v in seg_out.ravel()],
        "classCounts": {str(k): len(v) for k, v in properties["class_locations"].items()},
        "scoresBack": [float(f"{v:.7g}") for v in np.asarray(back).ravel()],
    }


def splines():
    result = []
    for order, shape, to in [(3, [6, 5, 7], [9, 3, 7]), (1, [6, 5, 7], [4, 8, 13]),
                             (0, [6, 5, 7], [9, 3, 10]), (3, [1, 2, 9], [3, 5, 4])]:
        values = image(shape, 3, -1, 1, [0, 0, 0])
        out = resize(values.astype(float), to, order, mode="edge", anti_aliasing=False)
        result.append({"order": order, "shape": shape, "to": to,
                       "values": [float(f"{v:.7g}") for v in out.ravel()]})
    return result


if __name__ == "__main__":
    packages = ["nnunetv2", "batchgenerators", "scikit-image", "scipy", "numpy"]
    golden = {"versions": {name: version(name) for name in packages},
              "intensities": INTENSITIES, "cases": [run(case) for case in CASES],
              "splines": splines()}
    with open(sys.argv[1], "w") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")
