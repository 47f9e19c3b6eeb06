"""HD95, ASSD and NSD of two label maps as a user of MedPy, MONAI or surface-distance computes them."""

import argparse
import json
import pathlib
import time

import nibabel
import numpy


def medpy(prediction, reference, spacing, tolerance):
    from medpy.metric import binary

    a, b = prediction, reference
    return {"hd95": binary.hd95(a, b, spacing), "assd": binary.assd(a, b, spacing)}


def monai(prediction, reference, spacing, tolerance):
    import torch
    from monai.metrics import (
        compute_average_surface_distance, compute_hausdorff_distance, compute_surface_dice)

    a, b = (torch.from_numpy(mask)[None, None] for mask in (prediction, reference))
    options = {"include_background": True, "spacing": list(spacing)}
    return {
        "hd95": compute_hausdorff_distance(a, b, percentile=95, **options).item(),
        "assd": compute_average_surface_distance(a, b, symmetric=True, **options).item(),
        "nsd": compute_surface_dice(a, b, [tolerance], **options).item()}


def surface_distance(prediction, reference, spacing, tolerance):
    import surface_distance as library

    found = library.compute_surface_distances(reference, prediction, spacing)
    to_prediction, to_reference = library.compute_average_surface_distance(found)
    return {
        "hd95": library.compute_robust_hausdorff(found, 95),
        "to reference": to_reference, "to prediction": to_prediction,
        "nsd": library.compute_surface_dice_at_tolerance(found, tolerance)}


PEERS = {"medpy": medpy, "monai": monai, "surface-distance": surface_distance}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("prediction")
    parser.add_argument("reference")
    parser.add_argument("--like", choices=PEERS)
    parser.add_argument("--tolerance", type=float)
    parser.add_argument("--output", type=pathlib.Path)
    options = parser.parse_args()
    start = time.perf_counter()
    images = [nibabel.load(path) for path in (options.prediction, options.reference)]
    spacing = [float(value) for value in images[1].header.get_zooms()]
    a, b = (numpy.asarray(image.dataobj) for image in images)
    loaded = time.perf_counter()
    values = {}
    for label in sorted(set(numpy.unique(a)) | set(numpy.unique(b)) - {0}):
        if label == 0:
            continue
        for name, value in PEERS[options.like](
                a == label, b == label, spacing, options.tolerance).items():
            values[f"{name} {label}"] = float(value)
    seconds = {"load": loaded - start, "measure": time.perf_counter() - loaded}
    (options.output / "figures.json").write_text(
        json.dumps({"values": values, "seconds": seconds}))


if __name__ == "__main__":
    main()
