"""nnU-Net's method beside nnunetv2 itself: a training step by the same plan, and a volume through the same weights."""

import csv
import statistics
import sys
from dataclasses import dataclass

from benchmarks import OUT, PEERS, ROOT, VESALIUS, Benchmark
from processes import PEER_ENVIRONMENT, THREADS, is_older, run

DATA = OUT / "nnunet"
DATASETS = {
    "volumes": "Dataset401_Volumes", "slices": "Dataset402_Slices", "large": "Dataset403_Large"}
MODEL = DATA / "model"
# The first epoch warms up: it also uses up the batches that were made while the training began.
EPOCHS, STEPS = 4, 8


def dataset(kind):
    """The folder of a synthetic dataset; its maker has a process of its own, because peak memory is inherited."""
    folder = DATA / DATASETS[kind]
    maker = ROOT / "Benchmarks" / "ellipsoids.py"
    if is_older(folder / "dataset.json", maker):
        folder.mkdir(parents=True, exist_ok=True)
        run([sys.executable, maker, kind, folder], {}, OUT / "nnunet-dataset.log")
    return folder


@dataclass
class Training:
    """One training step: what it costs with the batch, its augmentation included and validation left out."""
    name: str
    data: str
    configuration: str
    batch: int
    only_by_name: bool = False

    @property
    def plans(self):
        return DATA / f"plan-{self.name}" / "plans.json"

    def prepare(self):
        """The plan that both follow: nnU-Net's own for these data, but for the batch."""
        run([VESALIUS, "plan", dataset(self.data), "--output", self.plans.parent, "--overwrite",
             "--base-features", 32, "--batch-size", self.batch], {}, OUT / "nnunet-plan.log")

    def benchmark(self):
        name = f"nnunet-training-{self.name}"
        ours, peer = OUT / "ours" / name, OUT / "peer" / name
        common = [DATA / DATASETS[self.data], "--plans", self.plans,
                  "--configuration", self.configuration, "--epochs", EPOCHS,
                  "--steps-per-epoch", STEPS, "--threads", THREADS]
        return Benchmark(
            name, [VESALIUS, "train", *common, "--fold", "all", "--output", ours],
            [sys.executable, PEERS / "nnunet_steps.py", *common, "--output", peer],
            measure="tensors", least=1, prepare=self.prepare, is_long=True,
            only_by_name=self.only_by_name, seconds=seconds_per_step)


def seconds_per_step(folder):
    """The median of the epochs after the first, from the table that both sides leave behind."""
    with open(next(folder.rglob("training.csv")), newline="") as file:
        seconds = [float(row["seconds"]) for row in csv.DictReader(file)]
    return statistics.median(seconds[1:]) / STEPS


def model():
    """nnU-Net's standard network for large volumes in a checkpoint of nnunetv2, and the volume to predict."""
    maker = PEERS / "nnunet_model.py"
    data = dataset("large")
    if is_older(MODEL / "plans.json", maker, data / "dataset.json"):
        print("bench: nnunet-prediction: making the model", file=sys.stderr)
        run([sys.executable, maker, data, MODEL, "--threads", THREADS], PEER_ENVIRONMENT,
            OUT / "nnunet-model.log")


def prediction(mode, *options, only_by_name=False):
    """A volume of 160³ voxels in eight windows of 128³ voxels, added up with Gaussian weights."""
    name = f"nnunet-prediction-{mode}"
    ours, peer = (OUT / side / name / "labels.nii.gz" for side in ("ours", "peer"))
    common = [DATA / DATASETS["large"] / "imagesTr" / "case_000_0000.nii.gz", "--model", MODEL,
              "--threads", THREADS, *options]
    return Benchmark(
        name, [VESALIUS, "segment", *common, "--output", ours],
        [sys.executable, PEERS / "nnunet_prediction.py", *common, "--output", peer],
        measure="voxels", least=0.9999, prepare=model, is_long=True, only_by_name=only_by_name)


TRAININGS = [
    Training("3d-batch2", "volumes", "3d_fullres", batch=2),
    # What nnU-Net plans for MSD's hippocampus.
    Training("3d-batch9", "volumes", "3d_fullres", batch=9, only_by_name=True),
    Training("2d-batch4", "slices", "2d", batch=4),
]
SELF_CONFIGURED = [
    *(training.benchmark() for training in TRAININGS),
    prediction("plain", "--no-mirroring"),
    # Eight times the work.
    prediction("mirrored", only_by_name=True),
]
