"""What the peers that run nnunetv2 share: its folders, its trainer on a dataset, and the end of its processes."""

import contextlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path


@contextlib.contextmanager
def folders(threads):
    """Folders of its own for nnunetv2, which reads them from the environment when it is imported."""
    with tempfile.TemporaryDirectory(prefix="nnunet-") as name:
        work = Path(name)
        for part in ("raw", "preprocessed", "results"):
            (work / part).mkdir()
            os.environ[f"nnUNet_{part}"] = str(work / part)
        # oneDNN misreads some processors' bfloat16 units; float32 is unaffected.
        os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_FP16")
        # Processes that augment, as many as Vesalius has threads for that; they compete for the same cores.
        os.environ["nnUNet_n_proc_DA"] = str(max(1, threads - 1))
        os.environ["nnUNet_def_n_proc"] = str(threads)
        # nnunetv2 does not compile for the CPU; this keeps it from saying so.
        os.environ["nnUNet_compile"] = "f"
        # It talks much; stdout is for results.
        with contextlib.redirect_stdout(sys.stderr):
            yield work


def trainer(work, dataset, configuration, fold, threads, plans=None):
    """nnunetv2's own trainer with its network, on a raw dataset that nnunetv2 plans and prepares here.

    `plans` is a plans.json to follow instead of nnunetv2's plan.
    """
    import torch
    from nnunetv2.experiment_planning.plan_and_preprocess_api import (
        extract_fingerprints, plan_experiments, preprocess)
    from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

    torch.set_num_threads(threads)
    shutil.copytree(dataset, work / "raw" / dataset.name)
    number = int(dataset.name[7:10])
    extract_fingerprints([number], num_processes=threads)
    name = plan_experiments([number])
    prepared = work / "preprocessed" / dataset.name
    if plans:
        name, given = "given", json.loads(plans.read_text())
        given |= {"dataset_name": dataset.name, "plans_name": name}
        (prepared / f"{name}.json").write_text(json.dumps(given))
    preprocess(
        [number], plans_identifier=name, configurations=[configuration], num_processes=[threads])
    if (splits := dataset / "splits_final.json").exists():
        shutil.copy(splits, prepared)
    plan = json.loads((prepared / f"{name}.json").read_text())
    made = nnUNetTrainer(
        # nnunetv2 2.8 takes this from among the plans.
        plan | {"continue_training": False}, configuration, fold,
        json.loads((prepared / "dataset.json").read_text()), device=torch.device("cpu"))
    made.initialize()
    return made


def stop_loaders(trainer):
    """Ends the processes that make batches; left alone, they outlive the training."""
    for loader in (trainer.dataloader_train, trainer.dataloader_val):
        loader._finish()
