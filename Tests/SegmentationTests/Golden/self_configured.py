"""Makes tiny nnU-Net v2 models with the Python package and records what it predicts with them.

Usage: python self_configured.py OUTPUT_FOLDER

Each model is trained for a few seconds on synthetic balls, so that its labels have clear borders, and
saved by nnUNetTrainer's own save_checkpoint. OUTPUT_FOLDER receives models/, images/, expected/ and
golden.json.
"""

import json
import os
import shutil
import sys
import tempfile
from importlib.metadata import version

SCRATCH = tempfile.mkdtemp()
for variable in ["nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results"]:
    os.environ[variable] = os.path.join(SCRATCH, variable)
    os.makedirs(os.environ[variable])
os.environ["nnUNet_compile"] = "false"

import numpy as np
import SimpleITK as sitk
import torch
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

INTENSITIES = {
    "max": 400.0, "mean": 120.0, "median": 110.0, "min": -100.0,
    "percentile_00_5": -60.0, "percentile_99_5": 330.0, "std": 90.0,
}


def architecture(dimensions, features, kernels, strides, convolutions, decoder=None):
    letter = f"{dimensions}d"
    return {
        "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
        "arch_kwargs": {
            "n_stages": len(features),
            "features_per_stage": features,
            "conv_op": f"torch.nn.modules.conv.Conv{letter}",
            "kernel_sizes": kernels,
            "strides": strides,
            "n_conv_per_stage": convolutions,
            "n_conv_per_stage_decoder": decoder or [1] * (len(features) - 1),
            "conv_bias": True,
            "norm_op": f"torch.nn.modules.instancenorm.InstanceNorm{letter}",
            "norm_op_kwargs": {"eps": 1e-05, "affine": True},
            "dropout_op": None,
            "dropout_op_kwargs": None,
            "nonlin": "torch.nn.LeakyReLU",
            "nonlin_kwargs": {"inplace": True},
        },
        "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
    }


def configuration(name, patch, spacing, schemes, masked, network):
    resampling = {"is_seg": False, "order": 3, "order_z": 0, "force_separate_z": None}
    return {
        "data_identifier": f"nnUNetPlans_{name}",
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": 2,
        "patch_size": patch,
        "median_image_size_in_voxels": [30.0, 40.0, 40.0][-len(patch):],
        "spacing": spacing,
        "normalization_schemes": schemes,
        "use_mask_for_norm": masked,
        "resampling_fn_data": "resample_data_or_seg_to_shape",
        "resampling_fn_seg": "resample_data_or_seg_to_shape",
        "resampling_fn_data_kwargs": resampling,
        "resampling_fn_seg_kwargs": {**resampling, "is_seg": True, "order": 1},
        "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
        "resampling_fn_probabilities_kwargs": {**resampling, "order": 1},
        "architecture": network,
        "batch_dice": False,
    }


def plans(name, transpose, settings):
    return {
        "dataset_name": name,
        "plans_name": "nnUNetPlans",
        "original_median_spacing_after_transp": [2.0, 1.0, 1.0],
        "original_median_shape_after_transp": [20, 40, 36],
        "image_reader_writer": "SimpleITKIO",
        "transpose_forward": transpose,
        "transpose_backward": [transpose.index(axis) for axis in range(3)],
        "configurations": settings,
        "experiment_planner_used": "ExperimentPlanner",
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {"0": INTENSITIES, "1": INTENSITIES},
    }


def scene(shape, spacing, seed, channels):
    """Two nested balls in a box of noise, with an empty border that cropping removes."""
    random = np.random.default_rng(seed)
    grid = np.meshgrid(*[np.arange(n) * s for n, s in zip(shape, spacing)], indexing="ij")
    middle = [n * s * f for n, s, f in zip(shape, spacing, random.uniform(0.42, 0.58, 3))]
    size = min(n * s for n, s in zip(shape, spacing))
    distance = np.sqrt(sum((g - m) ** 2 for g, m in zip(grid, middle)))
    labels = (distance < 0.4 * size).astype(np.uint8) + (distance < 0.26 * size)
    values = []
    for channel in range(channels):
        means = np.array([30.0, 130.0, 240.0]) if channel == 0 else np.array([200.0, 90.0, 150.0])
        value = means[labels] + random.normal(0, 12, shape)
        value = np.round(value / 4) * 4 + 4
        border = [(1 + (n > 10), 1) for n in shape]
        inner = tuple(slice(low, n - high) for (low, high), n in zip(border, shape))
        masked = np.zeros(shape, np.int16)
        masked[inner] = value[inner].astype(np.int16)
        values.append(masked)
    return np.stack(values), labels


def train(trainer, channels, regions, steps):
    """A few steps on patches of the scene, normalised roughly as the preprocessing does."""
    patch = trainer.configuration_manager.patch_size
    heads = 2 if regions else 3
    network = trainer.network
    network.decoder.deep_supervision = False
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    for step in range(steps):
        shape = patch if len(patch) == 3 else [12] + patch
        image, labels = scene([2 * n for n in shape], [1.5, 1.25, 1.25], 1000 + step, channels)
        random = np.random.default_rng(step)
        corner = [int(random.integers(0, n + 1)) for n in shape]
        box = tuple(slice(low, low + n) for low, n in zip(corner, shape))
        image, labels = image[(slice(None), *box)], labels[box]
        image = image.astype(np.float32)
        if channels == 1 and not regions:
            image = (np.clip(image, -60, 330) - 120) / 90
        else:
            image = (image - image.mean((1, 2, 3), keepdims=True)) / image.std((1, 2, 3), keepdims=True)
        if len(patch) == 2:
            image, labels = image.transpose(1, 0, 2, 3)[2:10], labels[2:10]
            x, y = torch.from_numpy(image), torch.from_numpy(labels).long()
        else:
            x, y = torch.from_numpy(image)[None], torch.from_numpy(labels).long()[None]
        if trainer.is_cascaded:
            # A first stage that is right but for a slice.
            first = y.clone()
            first[:, ::5] = 0
            x = torch.cat([x] + [(first == label).float()[None] for label in [1, 2]], 1)
        scores = network(x)
        if regions:
            target = torch.stack([y > 0, y > 1], 1).float()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, target)
        else:
            loss = torch.nn.functional.cross_entropy(scores, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    network.decoder.deep_supervision = True
    assert scores.shape[1] == heads
    return loss.item()


def make_model(folder, plan, dataset, name, fold, seed, steps):
    torch.manual_seed(seed)
    # The trainer looks for preprocessed cases, of which it only needs the ending here.
    place = os.path.join(
        os.environ["nnUNet_preprocessed"], plan["dataset_name"], f"nnUNetPlans_{name.replace('_cascade', '')}")
    os.makedirs(place, exist_ok=True)
    open(os.path.join(place, "case.b2nd"), "w").close()
    trainer = nnUNetTrainer({**plan, "continue_training": False}, name, fold, dataset, device=torch.device("cpu"))
    trainer.initialize()
    # Sets the axes along which inference may mirror, as the start of a training does.
    trainer.configure_rotation_dummyDA_mirroring_and_inital_patch_size()
    loss = train(trainer, len(dataset["channel_names"]), "regions_class_order" in dataset, steps)
    # What a real training logs: numpy scalars of both widths.
    trainer.logger.log("train_losses", np.float32(loss), 0)
    trainer.logger.log("val_losses", np.float64(loss), 0)
    trainer.logger.log("mean_fg_dice", np.float32(0.5), 0)
    trainer.logger.log("dice_per_class_or_region", [np.float32(0.5), np.float32(0.25)], 0)
    trainer.logger.log("ema_fg_dice", np.float64(0.5), 0)
    trainer._best_ema = np.float64(0.5)
    place = os.path.join(folder, f"fold_{fold}")
    os.makedirs(place)
    trainer.save_checkpoint(os.path.join(place, "checkpoint_final.pth"))
    for file, content in [("plans.json", plan), ("dataset.json", dataset)]:
        with open(os.path.join(folder, file), "w") as stream:
            json.dump(content, stream, indent=1)


def write_case(folder, name, shape, spacing, seed, channels):
    values, _ = scene(shape, spacing, seed, channels)
    for channel, value in enumerate(values):
        image = sitk.GetImageFromArray(value)
        image.SetSpacing(spacing[::-1])
        image.SetOrigin((-10.0, 5.0, 2.5))
        sitk.WriteImage(image, os.path.join(folder, f"{name}_{channel:04d}.nii.gz"))


def single_precision(predictor, files, target, stage):
    """Probabilities without the rounding of the package's sums in half precision."""
    half = torch.half
    torch.half = torch.float32
    try:
        predictor.predict_from_files_sequential(
            [files], [target], save_probabilities=True, folder_with_segs_from_prev_stage=stage)
    finally:
        torch.half = half
    return np.load(target + ".npz")["probabilities"]


def predict(model, folds, images, channels, expected, key, golden, previous=None):
    predictor = nnUNetPredictor(
        tile_step_size=0.5, use_gaussian=True, use_mirroring=True, perform_everything_on_device=False,
        device=torch.device("cpu"), allow_tqdm=False)
    predictor.initialize_from_trained_model_folder(model, folds, "checkpoint_final.pth")
    cases = sorted({file.rsplit("_", 1)[0] for file in os.listdir(images)})
    for case in cases:
        files = [os.path.join(images, f"{case}_{channel:04d}.nii.gz") for channel in range(channels)]
        target = os.path.join(SCRATCH, key, case)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        stage = None
        if previous is not None:
            stage = os.path.join(SCRATCH, f"{key}-first")
            os.makedirs(stage, exist_ok=True)
            shutil.copy(
                os.path.join(expected, f"{previous}-{case}.nii.gz"), f"{stage}/{case}.nii.gz")
        predictor.predict_from_files_sequential(
            [files], [target], folder_with_segs_from_prev_stage=stage)
        shutil.copy(target + ".nii.gz", os.path.join(expected, f"{key}-{case}.nii.gz"))
        probabilities = single_precision(predictor, files, target + "-single", stage)
        labels = sitk.GetArrayFromImage(sitk.ReadImage(target + ".nii.gz"))
        stride = 397
        golden["predictions"][f"{key}-{case}"] = {
            "voxels": {str(value): int((labels == value).sum()) for value in range(3)},
            "stride": stride,
            "probabilities": [
                [round(float(value), 6) for value in channel.ravel()[::stride]]
                for channel in probabilities
            ],
        }


def main(output):
    labels = {"background": 0, "shell": 1, "core": 2}
    ct = {"channel_names": {"0": "CT"}, "labels": labels, "numTraining": 2, "file_ending": ".nii.gz"}
    mr = {**ct, "channel_names": {"0": "T1", "1": "T2"}}
    regions = {
        **ct, "channel_names": {"0": "T1"},
        "labels": {"background": 0, "ball": [1, 2], "core": 2}, "regions_class_order": [1, 2],
    }
    volume = configuration(
        "3d_fullres", [16, 24, 16], [2.0, 1.25, 1.25], ["CTNormalization"], [False],
        architecture(
            3, [4, 8, 12], [[1, 3, 3], [3, 3, 3], [3, 3, 3]],
            [[1, 1, 1], [1, 2, 2], [2, 2, 2]], [2, 1, 1], [1, 2]))
    slices = configuration(
        "2d", [24, 32], [1.1, 1.3], ["ZScoreNormalization"] * 2, [True, False],
        architecture(2, [4, 8, 12], [[3, 3]] * 3, [[1, 1], [2, 2], [2, 2]], [1, 1, 1]))
    small = configuration(
        "3d_fullres", [16, 16, 16], [1.5, 1.5, 1.5], ["ZScoreNormalization"], [False],
        architecture(3, [4, 8], [[3, 3, 3]] * 2, [[1, 1, 1], [2, 2, 2]], [1, 1]))

    second = {
        "inherits_from": "3d_fullres", "previous_stage": "3d_lowres",
        "architecture": architecture(
            3, [4, 6], [[3, 3, 3]] * 2, [[1, 1, 1], [2, 2, 2]], [1, 1]),
    }

    shutil.rmtree(output, ignore_errors=True)
    folders = {name: os.path.join(output, name) for name in ["models", "images", "expected"]}
    for folder in folders.values():
        os.makedirs(folder)
    golden = {
        "made_by": {
            name: version(name)
            for name in ["nnunetv2", "torch", "numpy", "dynamic-network-architectures", "scikit-image"]
        },
        "predictions": {},
    }
    models = {name: os.path.join(folders["models"], name) for name in ["volume", "slices", "regions", "cascade"]}
    volume_plan = plans("Dataset901_Balls", [0, 1, 2], {"3d_fullres": volume})
    make_model(models["volume"], volume_plan, ct, "3d_fullres", 0, 1, 300)
    make_model(models["volume"], volume_plan, ct, "3d_fullres", 1, 2, 300)
    make_model(
        models["slices"], plans("Dataset902_Balls", [1, 0, 2], {"2d": slices}), mr, "2d", 0, 3, 300)
    make_model(
        models["regions"], plans("Dataset903_Balls", [2, 0, 1], {"3d_fullres": small}), regions,
        "3d_fullres", "all", 4, 300)

    cascade_plan = plans(
        "Dataset904_Balls", [0, 1, 2], {"3d_fullres": volume, "3d_cascade_fullres": second})
    make_model(models["cascade"], cascade_plan, ct, "3d_cascade_fullres", 0, 5, 300)

    # Names as parallel training and compilation leave them, from a trainer that nobody knows.
    network = torch.nn.ModuleDict({"encoder": torch.nn.ModuleDict({
        "conv": torch.nn.Conv3d(1, 1, 1), "norm": torch.nn.InstanceNorm3d(1, affine=True)})})
    weights = {}
    for name, tensor in network.state_dict().items():
        module, parameter = name.split(".")[1:]
        alias = f"encoder.all_modules.{['conv', 'norm'].index(module)}.{parameter}"
        for each in [name, alias, f"decoder.{name}"]:
            weights[f"module._orig_mod.{each}"] = tensor
    torch.save(
        {
            "network_weights": weights, "trainer_name": "nnUNetTrainerMystery",
            "init_args": {"configuration": "3d_fullres", "fold": 2}, "current_epoch": 7,
            "inference_allowed_mirroring_axes": (0, 2), "logging": {"ema_fg_dice": [np.float64(0.5)]},
        }, os.path.join(folders["models"], "wrapped.pth"))

    images = {key: os.path.join(folders["images"], key) for key in ["one", "two"]}
    for folder in images.values():
        os.makedirs(folder)
    write_case(images["one"], "thick", (12, 38, 34), (4.0, 1.0, 1.1), 11, 1)
    write_case(images["one"], "cubic", (22, 26, 27), (1.5, 1.2, 1.3), 12, 1)
    write_case(images["two"], "pair", (20, 24, 23), (1.4, 1.5, 1.6), 13, 2)

    expected = folders["expected"]
    predict(models["volume"], (0,), images["one"], 1, expected, "single", golden)
    predict(models["volume"], (0, 1), images["one"], 1, expected, "ensemble", golden)
    predict(models["slices"], (0,), images["two"], 2, expected, "slices", golden)
    predict(models["regions"], ("all",), images["one"], 1, expected, "regions", golden)
    predict(models["cascade"], (0,), images["one"], 1, expected, "cascade", golden, "ensemble")
    with open(os.path.join(output, "golden.json"), "w") as stream:
        json.dump(golden, stream)


main(sys.argv[1])
shutil.rmtree(SCRATCH)
