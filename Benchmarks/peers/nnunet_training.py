"""Train nnunetv2 for a number of minutes on the CPU and print the Dice of its held-out cases as JSON.

    python nnunet_training.py DATASET_FOLDER --minutes 15 [--plans plans.json] [--threads 2]

DATASET_FOLDER is what `vesalius export … --held-out` wrote: an nnU-Net raw dataset with splits_final.json. Steps are
counted from a measured pace, so that the learning rate falls to zero when the time is up, as in `vesalius train
--hours`. Augmentation, sampling, loss, optimiser and prediction are nnunetv2's own.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--plans", type=Path, help="a plans.json to train instead of nnU-Net's own plan")
    parser.add_argument("--configuration", default="3d_fullres")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    work = Path(tempfile.mkdtemp(prefix="nnunet-training-"))
    for name in ("raw", "preprocessed", "results"):
        (work / name).mkdir()
        os.environ[f"nnUNet_{name}"] = str(work / name)
    # oneDNN misreads some processors' bfloat16 units; float32 is unaffected.
    os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_FP16")
    os.environ["nnUNet_n_proc_DA"] = "1"
    os.environ["nnUNet_compile"] = "f"
    shutil.copytree(options.dataset, work / "raw" / options.dataset.name)
    train(options, work)
    shutil.rmtree(work)


def train(options, work):
    from importlib.metadata import version

    import torch
    from nnunetv2.experiment_planning.plan_and_preprocess_api import (
        extract_fingerprints, plan_experiments, preprocess)
    from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

    torch.set_num_threads(options.threads)
    number = int(options.dataset.name[7:10])
    extract_fingerprints([number], num_processes=options.threads)
    plans_name = plan_experiments([number])
    preprocessed = work / "preprocessed" / options.dataset.name
    if options.plans:
        plans_name = "given"
        plans = json.loads(options.plans.read_text())
        plans["dataset_name"], plans["plans_name"] = options.dataset.name, plans_name
        (preprocessed / "given.json").write_text(json.dumps(plans))
    preprocess([number], plans_identifier=plans_name, configurations=[options.configuration],
               num_processes=[options.threads])
    shutil.copy(options.dataset / "splits_final.json", preprocessed / "splits_final.json")
    plans = json.loads((preprocessed / f"{plans_name}.json").read_text())
    dataset_json = json.loads((preprocessed / "dataset.json").read_text())

    def make():
        trainer = nnUNetTrainer(plans, options.configuration, 0, dataset_json, device=torch.device("cpu"))
        trainer.initialize()
        trainer.on_train_start()
        return trainer

    trainer = make()
    times = []
    for _ in range(4):
        begun = time.perf_counter()
        trainer.train_step(next(trainer.dataloader_train))
        times.append(time.perf_counter() - begun)
    pace = sorted(times[1:])[1]
    steps = max(1, int(options.minutes * 60 / pace))
    begun = time.perf_counter()
    for step in range(steps):
        for group in trainer.optimizer.param_groups:
            group["lr"] = trainer.initial_lr * (1 - step / steps) ** 0.9
        trainer.network.train()
        trainer.train_step(next(trainer.dataloader_train))
    seconds = time.perf_counter() - begun
    trainer.perform_actual_validation(save_probabilities=False)
    summary = json.loads((Path(trainer.output_folder) / "validation" / "summary.json").read_text())
    dice = {label: values["Dice"] for label, values in summary["mean"].items()}
    print(json.dumps({
        "nnunetv2": version("nnunetv2"), "torch": torch.__version__, "steps": steps,
        "minutes": seconds / 60, "secondsPerStep": pace, "batch": trainer.batch_size,
        "features": trainer.configuration_manager.network_arch_init_kwargs["features_per_stage"],
        "dice": dice, "meanDice": summary["foreground_mean"]["Dice"],
    }))
    # The trainer's loaders would keep processes alive.
    os._exit(0)


if __name__ == "__main__":
    main()
