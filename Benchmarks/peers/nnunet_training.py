"""Train nnunetv2 for a number of minutes on the CPU and print the Dice of its held-out cases as JSON.

    python nnunet_training.py DATASET --minutes 15 [--plans plans.json] [--output FOLDER]

DATASET is the folder that `vesalius export … --held-out` wrote: an nnU-Net raw dataset with splits_final.json. The
learning rate follows nnunetv2's polynomial over the time instead of over 1000 epochs, so that it falls to zero when the
time is up, as in `vesalius train --hours`. Augmentation, sampling, loss, optimiser and prediction are nnunetv2's own;
nothing is validated in between, so that all of the time is for training. Planning, preparation and the prediction of
the held-out cases come on top.
"""

import argparse
import json
import shutil
import time
from pathlib import Path

import nnunet


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--plans", type=Path, help="a plans.json to follow instead of nnunetv2's plan")
    parser.add_argument("--configuration", default="3d_fullres")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--output", type=Path, help="new folder for the model and its masks")
    options = parser.parse_args()
    with nnunet.folders(options.threads) as work:
        report = train(options, work)
    print(json.dumps(report))


def train(options, work):
    from importlib.metadata import version

    trainer = nnunet.trainer(
        work, options.dataset, options.configuration, 0, options.threads, options.plans)
    trainer.on_train_start()
    losses, limit = [], 60 * options.minutes
    begun = time.perf_counter()
    while (elapsed := time.perf_counter() - begun) < limit:
        for group in trainer.optimizer.param_groups:
            group["lr"] = trainer.initial_lr * (1 - elapsed / limit) ** 0.9
        losses.append(float(trainer.train_step(next(trainer.dataloader_train))["loss"]))
    nnunet.stop_loaders(trainer)
    trainer.perform_actual_validation(save_probabilities=False)
    if options.output:
        trainer.save_checkpoint(f"{trainer.output_folder}/checkpoint_final.pth")
        shutil.copytree(trainer.output_folder_base, options.output)
    summary = json.loads((Path(trainer.output_folder) / "validation" / "summary.json").read_text())
    plan = trainer.configuration_manager
    last = losses[-max(1, len(losses) // 10):]
    return {
        "nnunetv2": version("nnunetv2"), "torch": version("torch"), "threads": options.threads,
        "patch": plan.patch_size, "batch": trainer.batch_size,
        "features": plan.network_arch_init_kwargs["features_per_stage"],
        "steps": len(losses), "minutes": elapsed / 60, "secondsPerStep": elapsed / len(losses),
        "loss": sum(last) / len(last),
        "dice": {label: values["Dice"] for label, values in summary["mean"].items()},
        "meanDice": summary["foreground_mean"]["Dice"]}


if __name__ == "__main__":
    main()
