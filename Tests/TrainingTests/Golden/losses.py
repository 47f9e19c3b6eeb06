"""Values, gradients and counts of nnU-Net's own losses on small scores.

Usage: python losses.py > losses.json, with nnunetv2 and scipy importable.
"""

import importlib.metadata
import json

import numpy as np
import torch
from nnunetv2.training.loss.compound_losses import (
    DC_and_BCE_loss,
    DC_and_CE_loss,
    DC_and_topk_loss,
)
from nnunetv2.training.loss.deep_supervision import DeepSupervisionWrapper
from nnunetv2.training.loss.dice import MemoryEfficientSoftDiceLoss, get_tp_fp_fn_tn
from scipy.ndimage import distance_transform_edt

torch.set_num_threads(1)
random = np.random.default_rng(20250807)
REGIONS = [[1, 2, 3], [2, 3], [3]]


def supervision_weights(outputs):
    weights = np.array([1 / 2**i for i in range(outputs)])
    if outputs > 1:
        weights[-1] = 0
    return weights / weights.sum()


def scores_of(batch, channels, shape):
    """Scores that JSON and float32 hold exactly."""
    return random.integers(-192, 193, (batch, channels, *shape)).astype(np.int64)


def labels_of(batch, shape, values):
    return random.choice(values, (batch, *shape)).astype(np.int16)


def region_target(labels, ignore):
    channels = [np.isin(labels, region) for region in REGIONS]
    if ignore is not None:
        channels.append(labels == ignore)
    return torch.from_numpy(np.stack(channels, 1))


def builders(regions, ignore, batch_dice, smooth):
    dice = {"batch_dice": batch_dice, "smooth": smooth, "do_bg": regions, "ddp": False}
    if regions:
        return {
            "dice+ce": lambda: DC_and_BCE_loss(
                {}, dice, use_ignore_label=ignore is not None,
                dice_class=MemoryEfficientSoftDiceLoss)
        }
    return {
        "dice+ce": lambda: DC_and_CE_loss(
            dice, {}, ignore_label=ignore, dice_class=MemoryEfficientSoftDiceLoss),
        "dice+topk": lambda: DC_and_topk_loss(dice, {"k": 10}, ignore_label=ignore),
    }


def counts_of(scores, labels, regions, ignore):
    """What the trainer's validation step counts."""
    axes = [0] + list(range(2, scores.ndim))
    if regions:
        decided = (torch.sigmoid(scores) > 0.5).long()
        target = region_target(labels, ignore)
        mask = ~target[:, -1:] if ignore is not None else None
        target = target[:, : len(REGIONS)]
    else:
        decided = torch.zeros(scores.shape).scatter_(1, scores.argmax(1)[:, None], 1)
        target = torch.from_numpy(labels.astype(np.int64))[:, None]
        mask = (target != ignore).float() if ignore is not None else None
        target = torch.where(target == (-1 if ignore is None else ignore), 0, target)
    found = get_tp_fp_fn_tn(decided.float(), target, axes=axes, mask=mask)[:3]
    return [[int(x) for x in (t if regions else t[1:])] for t in found]


def run(name, shapes, values, channels=4, batch=2, regions=False, ignore=None, edit=None):
    outputs = [scores_of(batch, channels, shape) for shape in shapes]
    labels = [labels_of(batch, shape, values) for shape in shapes]
    if edit:
        for one in labels:
            edit(one)
    result = {
        "name": name, "regions": REGIONS if regions else [], "channels": channels,
        "ignore": ignore, "shapes": [[batch, *s] for s in shapes],
        "scores64": [o.ravel().tolist() for o in outputs],
        "labels": [one.ravel().tolist() for one in labels], "losses": [],
    }
    weights = supervision_weights(len(shapes))
    result["weights"] = weights.tolist()
    for batch_dice in (False, True):
        for smooth in (1e-5, 0.5):
            for term, build in builders(regions, ignore, batch_dice, smooth).items():
                tensors = [
                    torch.tensor(o / 64, dtype=torch.float32, requires_grad=True) for o in outputs
                ]
                if regions:
                    targets = [region_target(one, ignore) for one in labels]
                else:
                    targets = [torch.from_numpy(one)[:, None].long() for one in labels]
                value = DeepSupervisionWrapper(build(), weights)(tensors, targets)
                value.backward()
                result["losses"].append({
                    "term": term, "batchDice": batch_dice, "smooth": smooth,
                    "value": value.item(),
                    "gradients": [
                        [] if t.grad is None else [float(f"{g:.8g}") for g in t.grad.ravel().tolist()]
                        for t in tensors],
                })
    result["counts"] = counts_of(
        torch.tensor(outputs[0] / 64, dtype=torch.float32), labels[0], regions, ignore)
    return result


def boundary(shape):
    """Distance maps by the rule of Kervadec et al. 2019."""
    labels = labels_of(1, shape, [0, 0, 0, 0, 1, 2])[0]
    maps = []
    for label in (1, 2, 3):
        inside = labels == label
        outside = ~inside
        if inside.any():
            signed = distance_transform_edt(outside) * outside
            signed = signed - (distance_transform_edt(inside) - 1) * inside
        else:
            signed = np.zeros(shape)
        maps.append([float(f"{v:.9g}") for v in signed.ravel()])
    return {"shape": list(shape), "labels": labels.ravel().tolist(), "maps": maps}


def ignore_first_sample(labels):
    labels[0] = 4


def ignore_all(labels):
    labels[:] = 4


deep = [(2, 6, 4), (1, 3, 2), (1, 2, 1)]
cases = [
    run("classes, three outputs", deep, [0, 0, 1, 2, 3]),
    run("classes, flat", [(5, 7)], [0, 0, 1, 2, 3]),
    run("classes, one absent", [(2, 5, 4)], [0, 0, 1, 3]),
    run("classes, only background", [(2, 3, 4)], [0]),
    run("classes, ignored voxels", [(2, 5, 4), (1, 5, 2)], [0, 1, 2, 3, 4, 4], ignore=4),
    run("classes, ignored sample", [(2, 3, 5)], [0, 1, 2, 3, 4], ignore=4, edit=ignore_first_sample),
    run("classes, all ignored", [(2, 3, 5)], [0], ignore=4, edit=ignore_all),
    run("regions, three outputs", deep, [0, 0, 1, 2, 3], channels=3, regions=True),
    run("regions, one absent", [(5, 6)], [0, 0, 1, 2], channels=3, regions=True),
    run("regions, ignored voxels", [(2, 5, 4), (1, 5, 2)], [0, 1, 2, 3, 4], channels=3,
        regions=True, ignore=4),
    run("regions, all ignored", [(2, 3, 4)], [0], channels=3, regions=True, ignore=4,
        edit=ignore_all),
]
print(json.dumps({
    "versions": {
        name: importlib.metadata.version(name) for name in ("nnunetv2", "torch", "scipy", "numpy")
    },
    "cases": cases,
    "boundary": [boundary((3, 5, 6)), boundary((7, 9))],
}, separators=(",", ":")))
