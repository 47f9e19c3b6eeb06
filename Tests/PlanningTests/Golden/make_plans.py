"""Plans of nnunetv2 for given fingerprints, as golden numbers.

Usage: make_plans.py OUTPUT.json FULL_PLAN_FOLDER [NAME=FINGERPRINT.json ...]

Writes what every planner decides for synthetic fingerprints (and for real ones given as files, whose
channel is 'MRI' and whose classes are three), and some complete plans.json files to be read back.
"""
import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
from importlib.metadata import version

work = tempfile.mkdtemp()
for name in ("raw", "preprocessed", "results"):
    os.environ["nnUNet_" + name] = os.path.join(work, name)

from nnunetv2.experiment_planning.experiment_planners.default_experiment_planner import (  # noqa: E402
    ExperimentPlanner,
)
from nnunetv2.experiment_planning.experiment_planners.residual_unets import (  # noqa: E402
    residual_encoder_unet_planners as residual,
)

PLANNERS = {
    "plain": ExperimentPlanner,
    "residual-m": residual.nnUNetPlannerResEncM,
    "residual-l": residual.nnUNetPlannerResEncL,
    "residual-xl": residual.nnUNetPlannerResEncXL,
}


def uniform(spacing, shape, cases, channels, classes, relative=1.0):
    return {"spacings": [spacing] * cases, "shapes": [shape] * cases, "channels": channels,
            "classes": classes, "relative": relative}


def datasets():
    result = {
        "ct-isotropic-512": uniform([0.8, 0.8, 0.8], [512, 512, 512], 40, ["CT"], 5),
        "mr-anisotropic-320x320x24": uniform([4.0, 0.6, 0.6], [24, 320, 320], 60, ["T2"], 3),
        "flat-1024": uniform([999.0, 1.0, 1.0], [1, 1024, 1024], 200, ["R", "G", "B"], 2),
        "flat-1024-rgb": uniform([999.0, 1.0, 1.0], [1, 1024, 1024], 200, ["rgb_to_0_1"] * 3, 2),
        "skull-stripped": uniform([1.0, 1.0, 1.0], [140, 172, 136], 300,
                                  ["FLAIR", "T1", "CT", "noNorm"], 4, relative=0.6),
        "coarse-last-axis": uniform([0.5, 0.5, 5.0], [400, 380, 20], 30, ["MRI"], 2),
        "tiny": uniform([1.0, 1.0, 1.0], [9, 11, 13], 5, ["MRI"], 2),
        "tiny-flat": uniform([999.0, 1.0, 1.0], [1, 30, 41], 4, ["grey"], 2),
    }
    mixed = uniform([5.0, 0.7, 0.7], [100, 512, 512], 0, ["CT"], 3)
    for i in range(21):
        mixed["spacings"].append([1.25 + 0.35 * i, 0.6 + 0.013 * i, 0.6 + 0.011 * i])
        mixed["shapes"].append([40 + 7 * ((i * 5) % 13), 480 + i, 500 - 2 * i])
    result["ct-mixed"] = mixed
    thick = uniform([5.0, 0.7, 0.7], [100, 512, 512], 0, ["MRI"], 3)
    for i in range(12):
        thick["spacings"].append([5.0 + 0.5 * (i % 5), 1.25 + 0.05 * (i % 3), 1.3 + 0.04 * (i % 4)])
        thick["shapes"].append([8 + i % 4, 220 + 3 * i, 240 - 5 * i])
    result["mr-heart-like"] = thick
    # The coarse axis' tenth percentile lies below the other axes' spacing.
    fine = uniform([5.0, 0.7, 0.7], [100, 512, 512], 0, ["MRI"], 3)
    for i in range(10):
        fine["spacings"].append([0.4 if i < 3 else 6.0, 1.0, 1.1])
        fine["shapes"].append([20, 250, 260 + i])
    result["coarse-axis-finer-at-times"] = fine
    return result


def plan(name, data, planner, gigabytes=None):
    raw = os.path.join(work, "raw", "Dataset777_Golden")
    done = os.path.join(work, "preprocessed", "Dataset777_Golden")
    for folder in (raw, done):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
    for folder in ("imagesTr", "labelsTr"):
        os.makedirs(os.path.join(raw, folder))
    ending = ".png" if name.startswith(("flat", "tiny-flat")) else ".nii.gz"
    for channel in range(len(data["channels"])):
        open(os.path.join(raw, "imagesTr", f"a_{channel:04d}{ending}"), "w").close()
    labels = {"background": 0, **{f"c{i}": i for i in range(1, data["classes"])}}
    with open(os.path.join(raw, "dataset.json"), "w") as file:
        json.dump({"channel_names": {str(i): c for i, c in enumerate(data["channels"])},
                   "labels": labels, "numTraining": len(data["spacings"]), "file_ending": ending,
                   "overwrite_image_reader_writer":
                       "NaturalImage2DIO" if ending == ".png" else "SimpleITKIO"}, file)
    intensity = {"max": 300.0, "mean": 100.5, "median": 99.0, "min": -20.0, "percentile_00_5": -10.0,
                 "percentile_99_5": 250.0, "std": 40.25}
    with open(os.path.join(done, "dataset_fingerprint.json"), "w") as file:
        json.dump({"spacings": data["spacings"], "shapes_after_crop": data["shapes"],
                   "foreground_intensity_properties_per_channel":
                       {str(i): intensity for i in range(len(data["channels"]))},
                   "median_relative_size_after_cropping": data["relative"]}, file)
    arguments = {} if gigabytes is None else {"gpu_memory_target_in_gb": gigabytes}
    with contextlib.redirect_stdout(io.StringIO()):
        made = PLANNERS[planner](777, **arguments)
        made.plan_experiment()
    with open(os.path.join(done, made.plans_identifier + ".json")) as file:
        return json.load(file)


def short(plans):
    configurations = {}
    for name, c in plans["configurations"].items():
        if "architecture" not in c:
            configurations[name] = c
            continue
        a = c["architecture"]["arch_kwargs"]
        configurations[name] = {
            "data_identifier": c["data_identifier"], "batch_size": c["batch_size"],
            "patch_size": c["patch_size"], "spacing": c["spacing"],
            "median": c["median_image_size_in_voxels"],
            "normalisation": c["normalization_schemes"], "mask": c["use_mask_for_norm"],
            "batch_dice": c["batch_dice"], "features": a["features_per_stage"],
            "kernels": a["kernel_sizes"], "strides": a["strides"],
            "blocks": a.get("n_conv_per_stage", a.get("n_blocks_per_stage")),
            "decoder": a["n_conv_per_stage_decoder"]}
    return {"plans_name": plans["plans_name"],
            "median_spacing": plans["original_median_spacing_after_transp"],
            "median_shape": plans["original_median_shape_after_transp"],
            "transpose_forward": plans["transpose_forward"],
            "transpose_backward": plans["transpose_backward"],
            "reader": plans["image_reader_writer"],
            "planner": plans["experiment_planner_used"], "configurations": configurations}


def main():
    output, folder, *real = sys.argv[1:]
    cases = datasets()
    for argument in real:
        name, path = argument.split("=")
        with open(path) as file:
            found = json.load(file)
        cases[name] = {"spacings": found["spacings"], "shapes": found["shapes_after_crop"],
                       "channels": ["MRI"], "classes": 3,
                       "relative": found["median_relative_size_after_cropping"]}
    results = []
    for name, data in cases.items():
        for planner in PLANNERS:
            results.append({"dataset": name, "planner": planner, "gigabytes": None,
                            "plan": short(plan(name, data, planner))})
    for planner, gigabytes in (("plain", 4), ("plain", 2), ("residual-m", 6), ("residual-l", 12)):
        for name in ("mr-anisotropic-320x320x24", "ct-isotropic-512", "flat-1024"):
            results.append({"dataset": name, "planner": planner, "gigabytes": gigabytes,
                            "plan": short(plan(name, cases[name], planner, gigabytes))})
    with open(output, "w") as file:
        json.dump({"made_with": {p: version(p) for p in (
            "nnunetv2", "dynamic-network-architectures", "torch", "numpy")},
            "datasets": cases, "plans": results}, file, separators=(",", ":"))
        file.write("\n")
    for name, planner in (("ct-isotropic-512", "plain"), ("flat-1024", "residual-m")):
        with open(os.path.join(folder, f"plans-{name}-{planner}.json"), "w") as file:
            json.dump(plan(name, cases[name], planner), file, indent=1)
            file.write("\n")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
