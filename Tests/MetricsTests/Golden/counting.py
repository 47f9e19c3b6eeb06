"""Scores of small cases by other libraries, written to counting.json beside this file.

MetricsReloaded must be importable (it is not on PyPI), besides numpy, scipy, monai, medpy, SimpleITK
and scikit-learn.
"""

import contextlib
import io
import json
import math
import pathlib
import warnings

import medpy
import medpy.metric.binary as medpy_metrics
import monai
import numpy as np
import scipy
import SimpleITK as sitk
import sklearn
import torch
from MetricsReloaded._version import __version__ as metrics_reloaded_version
from MetricsReloaded.metrics.calibration_measures import CalibrationMeasures
from MetricsReloaded.metrics.pairwise_measures import BinaryPairwiseMeasures
from MetricsReloaded.metrics.prob_pairwise_measures import ProbabilityPairwiseMeasures
from MetricsReloaded.processes.mixed_measures_processes import MixedLocSegPairwiseMeasure
from MetricsReloaded.utility.assignment_localization import AssignmentMapping
from monai.metrics import CalibrationErrorMetric, compute_roc_auc
from monai.metrics.panoptic_quality import compute_panoptic_quality
from scipy import ndimage
from sklearn import metrics as sklearn_metrics

warnings.simplefilter("ignore")
random = np.random.default_rng(20240501)


def plain(value):
    """Numbers as JSON knows them: undefined ones are null."""
    value = float(value)
    return value if math.isfinite(value) else None


def blobs(shape, count, largest=4):
    mask = np.zeros(shape, np.uint8)
    for _ in range(count):
        low = [random.integers(0, n) for n in shape]
        mask[tuple(slice(a, a + random.integers(1, largest + 1)) for a in low)] = 1
    return mask


def changed(mask):
    moved = np.roll(mask, 1, random.integers(mask.ndim))
    return (moved ^ (random.random(mask.shape) < 0.04)).astype(np.uint8)


def counted(prediction, reference):
    """Metrics of voxel counts; a library that divides by zero is left out."""
    reloaded = BinaryPairwiseMeasures(prediction.astype(float), reference.astype(float))
    values = {
        "MetricsReloaded sensitivity": reloaded.sensitivity(),
        "MetricsReloaded specificity": reloaded.specificity(),
        "MetricsReloaded precision": reloaded.positive_predictive_value(),
        "MetricsReloaded absolute-relative-volume": reloaded.absolute_volume_difference_ratio(),
    }
    if prediction.any() and reference.any():
        values |= {
            "MedPy sensitivity": medpy_metrics.sensitivity(prediction, reference),
            "MedPy specificity": medpy_metrics.specificity(prediction, reference),
            "MedPy precision": medpy_metrics.precision(prediction, reference),
            "MedPy relative-volume": medpy_metrics.ravd(prediction, reference),
        }
        overlap = sitk.LabelOverlapMeasuresImageFilter()
        overlap.Execute(sitk.GetImageFromArray(reference), sitk.GetImageFromArray(prediction))
        # SimpleITK's is signed and the difference over the mean size: twice what ours takes from 1.
        values["SimpleITK volume-similarity"] = 1 - abs(overlap.GetVolumeSimilarity()) / 2
    flat = reference.ravel(), prediction.ravel()
    precision, recall, _, _ = sklearn_metrics.precision_recall_fscore_support(
        *flat, average="binary", zero_division=np.nan)
    if prediction.any() and reference.any():
        values |= {"scikit-learn precision": precision, "scikit-learn sensitivity": recall}
    return {name: plain(value) for name, value in values.items()}


def counting_case(prediction, reference):
    return {
        "size": list(reference.shape[::-1]),
        "prediction": prediction.ravel().tolist(),
        "reference": reference.ravel().tolist(),
        "values": counted(prediction, reference),
        "components": {
            "faces": int(ndimage.label(reference)[1]),
            "full": int(ndimage.label(reference, np.ones((3,) * reference.ndim))[1]),
        },
    }


def masks(instances):
    return np.stack([(instances == i).astype(float) for i in np.unique(instances) if i])


def reloaded_counts(prediction, reference):
    """True and false positives, false negatives and panoptic quality after MetricsReloaded's matching."""
    predicted, expected = masks(prediction), masks(reference)
    with contextlib.redirect_stdout(io.StringIO()):
        table = AssignmentMapping(
            predicted, expected, np.ones(len(predicted)), localization="mask_iou", thresh=0.5,
            assignment="greedy_matching",
        ).df_matching
    pairs = table[(table["pred"] >= 0) & (table["ref"] >= 0)]
    lone = table[table["ref"] < 0], table[table["pred"] < 0]
    said = np.array([1] * len(pairs) + [1] * len(lone[0]) + [0] * len(lone[1]))
    is_there = np.array([1] * len(pairs) + [0] * len(lone[0]) + [1] * len(lone[1]))
    quality = MixedLocSegPairwiseMeasure(
        said, is_there, [predicted[int(i)] for i in pairs["pred"]],
        [expected[int(i)] for i in pairs["ref"]], said.astype(float),
    )
    return [len(pairs), len(lone[0]), len(lone[1])], quality.panoptic_quality()


def instance_case(prediction, reference):
    tensors = torch.tensor(prediction), torch.tensor(reference)
    monai_counts = {}
    for threshold in (0.1, 0.3, 0.5, 0.7):
        monai_counts[str(threshold)] = compute_panoptic_quality(
            *tensors, match_iou_threshold=threshold, output_confusion_matrix=True
        ).tolist()
    quality = {
        name: plain(compute_panoptic_quality(*tensors, metric_name=name, smooth_numerator=0.0))
        for name in ("pq", "sq", "rq")
    }
    counts, reloaded_quality = reloaded_counts(prediction, reference)
    return {
        "size": list(reference.shape[::-1]) + [1] * (3 - reference.ndim),
        "prediction": prediction.ravel().tolist(),
        "reference": reference.ravel().tolist(),
        "MONAI counts": monai_counts,
        "MONAI": quality,
        "MetricsReloaded counts": counts,
        "MetricsReloaded pq": plain(reloaded_quality),
    }


def lesion_case(prediction, reference):
    # MedPy 0.5.2 divides by the objects of the other mask than its documentation says, so both change places.
    swapped = reference, prediction
    return {
        "size": list(reference.shape[::-1]),
        "prediction": prediction.ravel().tolist(),
        "reference": reference.ravel().tolist(),
        "MedPy sensitivity": medpy_metrics.obj_tpr(*swapped, connectivity=3),
        "MedPy false-positive rate": medpy_metrics.obj_fpr(*swapped, connectivity=3),
    }


def probability_case(probabilities, reference):
    probabilities = probabilities.astype(np.float32)
    double = probabilities.astype(float)
    both = np.stack([1 - double, double], 1)
    calibration = CalibrationMeasures(both, reference, dict_args={"bins_ece": 15})
    tensors = torch.tensor(probabilities)[None, None], torch.tensor(reference)[None, None].float()
    values = {
        "MetricsReloaded ece": calibration.expectation_calibration_error(),
        "MetricsReloaded brier": calibration.brier_score(),
        "MetricsReloaded auroc": ProbabilityPairwiseMeasures(double, reference).auroc(),
        "scikit-learn brier": sklearn_metrics.brier_score_loss(reference, double),
        "scikit-learn auroc": sklearn_metrics.roc_auc_score(reference, double),
        "MONAI auroc": compute_roc_auc(tensors[0].ravel(), tensors[1].ravel()),
    }
    for right in (False, True):
        metric = CalibrationErrorMetric(num_bins=15, right=right)
        metric(*tensors)
        values[f"MONAI ece right={right}"] = metric.aggregate()
    return {
        "probabilities": [float(value) for value in probabilities],
        "reference": reference.tolist(),
        "values": {name: plain(value) for name, value in values.items()},
    }


def counting_cases():
    shape = (5, 7, 8)
    for count in (1, 2, 3, 4, 5, 6):
        reference = blobs(shape, count)
        yield counting_case(changed(reference), reference)
    empty, some = np.zeros(shape, np.uint8), blobs(shape, 3)
    yield counting_case(some, empty)
    yield counting_case(empty, some)
    yield counting_case(empty, empty)


def instance_cases():
    # Equal halves: the overlap is exactly one half, where the strictness of a match shows.
    half = np.zeros((4, 8), np.int32)
    half[:, :4] = 1
    split = np.zeros((4, 8), np.int32)
    split[:2, :4], split[2:, :4] = 1, 2
    yield instance_case(split, half)
    for shape in ((24, 28), (24, 28), (6, 12, 14), (6, 12, 14), (30, 30), (30, 30)):
        reference = ndimage.label(blobs(shape, 12, 6))[0].astype(np.int32)
        moved = np.where(random.random(shape[-1]) < 0.5, reference, np.roll(reference, 1, -2))
        moved[..., shape[-1] // 2] = 0
        yield instance_case(ndimage.label(moved)[0].astype(np.int32), reference)


def lesion_cases():
    """Lesions that touch at most one of the other side, where MedPy's one-to-one rule is no other one."""
    shape = (6, 12, 12)
    for _ in range(5):
        reference = np.zeros(shape, np.uint8)
        prediction = np.zeros(shape, np.uint8)
        for y in range(1, 12, 4):
            for x in range(1, 12, 4):
                if random.random() < 0.7:
                    reference[1:4, y : y + 2, x : x + 2] = 1
                if random.random() < 0.6:
                    prediction[2:4, y : y + 2, x : x + 2] = 1
        yield lesion_case(prediction, reference)


def probability_cases():
    for scale in (1, 3, 0.5):
        reference = (random.random(400) < 0.3).astype(int)
        logits = scale * (2 * reference - 1 + random.normal(0, 1.5, 400))
        yield probability_case(1 / (1 + np.exp(-logits)), reference)
    reference = (random.random(400) < 0.5).astype(int)
    yield probability_case(np.round(random.random(400) * 8) / 8, reference)


with torch.no_grad():
    result = {
        "libraries": {
            "MetricsReloaded": f"{metrics_reloaded_version} at cb38dfc",
            "MONAI": monai.__version__,
            "MedPy": medpy.__version__,
            "SimpleITK": sitk.Version.VersionString(),
            "scikit-learn": sklearn.__version__,
            "SciPy": scipy.__version__,
        },
        "counting": list(counting_cases()),
        "instances": list(instance_cases()),
        "lesions": list(lesion_cases()),
        "probabilities": list(probability_cases()),
    }
target = pathlib.Path(__file__).with_suffix(".json")
target.write_text(json.dumps(result, separators=(",", ":")) + "\n")
