"""Which commands are compared: for every benchmark ours, the peer's, and how alike the results must be."""

import os
import pathlib
import subprocess
import sys
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("VESALIUS_SHARED") or ROOT.parent / "shared")
OUT = ROOT / "out" / "bench"
RELEASE = ROOT / ".build" / "release"
VESALIUS = RELEASE / "vesalius"
PEERS = ROOT / "Benchmarks" / "peers"


@dataclass
class Benchmark:
    name: str
    ours: list
    peer: list
    needs: list = field(default_factory=list)
    # "voxels" (share of equal labels), "dice" or "iou" (means over the files), "values" (share of figures
    # that differ by at most a millionth), "tensors" (share of weights with equal names and shapes), "close" (share
    # of arrays that differ by at most five thousandths), and the least accepted
    measure: str = ""
    least: float = 0
    prepare: object = None
    # Takes long enough that what a first run loads does not count; --quick then leaves out the warm-up.
    is_long: bool = False
    # Takes so long that it must be asked for.
    only_by_name: bool = False
    # From a side's output to the seconds that count, where those of the whole process say little.
    seconds: object = None

    @property
    def outputs(self):
        """What ours and the peer write: a file or a folder each."""
        return OUT / "ours" / self.name, OUT / "peer" / self.name

    @property
    def missing(self):
        return [path for path in self.needs if not path.exists()]


def tiny_masks():
    """Two masks of 16×16 pixels; in a process of its own, because peak memory is inherited."""
    program = "import sys; from PIL import Image\n" + "".join(
        f"Image.frombytes('L', (16, 16), bytes([255 * ((i * {step}) % 3 == 0) "
        f"for i in range(256)])).save(sys.argv[{step}])\n" for step in (1, 2))
    OUT.mkdir(parents=True, exist_ok=True)
    files = [str(OUT / "tiny-a.png"), str(OUT / "tiny-b.png")]
    subprocess.run([sys.executable, "-c", program, *files], check=True)


def start():
    """Commands that need no tensors, beside the import that every Python tool of this field pays first."""
    commands = {
        "help": ["--help"],
        "models": ["models", "list"],
        "evaluate": ["evaluate", OUT / "tiny-a.png", OUT / "tiny-b.png", "--out", OUT / "tiny.csv"],
    }
    for name, arguments in commands.items():
        yield Benchmark(
            f"start-{name}", [VESALIUS, *arguments], [sys.executable, "-c", "import torch"],
            prepare=tiny_masks if name == "evaluate" else None)


def meshnet():
    """A T1 volume of 256³ voxels to a label map."""
    folder = SHARED / "weights" / "meshnet-brainchop"
    image = folder / "t1_crop.nii.gz"
    models = {
        "tissue3": "model5_gw_ae", "subcortical18": "model18cls",
        "parcellation50": "model30chan50cls", "parcellation104": "model21_104class",
    }
    for tag, model in models.items():
        weights = folder / "meshnet" / model / "model.pth"
        name = f"meshnet-{tag}"
        ours, peer = (OUT / side / name / "labels.nii.gz" for side in ("ours", "peer"))
        yield Benchmark(
            name,
            [VESALIUS, "segment", image, "--model", f"meshnet/{tag}", "--weights", weights,
             "--output", ours],
            [sys.executable, PEERS / "meshnet.py", tag, weights, image, peer],
            needs=[image, weights], measure="voxels", least=0.9999, is_long=True)


def photographs(name, model, weights, images):
    """Many photographs in one command, masks into a folder."""
    weights = SHARED / "weights" / weights
    folder, pattern = images
    files = sorted((SHARED / "data" / folder).glob(pattern))
    ours, peer = OUT / "ours" / name, OUT / "peer" / name
    yield Benchmark(
        name,
        [VESALIUS, "segment", *files, "--model", model, "--weights", weights, "--output", ours],
        [sys.executable, PEERS / f"{name}.py", weights, peer, *files],
        needs=[weights, SHARED / "data" / folder], measure="dice", least=0.99)


def label_pair():
    """A pair of label maps; in a process of its own, because peak memory is inherited."""
    OUT.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, ROOT / "Benchmarks" / "label_pair.py", OUT / "prediction.nii.gz",
         OUT / "reference.nii.gz"], check=True)


def surface_metrics():
    """HD95, ASSD and surface Dice of a pair with four labels, each in the reading of the peer."""
    for like in ("medpy", "monai", "surface-distance"):
        name = f"surface-metrics-{like}"
        ours, peer = OUT / "ours" / name, OUT / "peer" / name
        pair = [OUT / "prediction.nii.gz", OUT / "reference.nii.gz", "--like", like,
                "--tolerance", "1.1"]
        yield Benchmark(
            name, [RELEASE / "metrics-benchmark", *pair, "--output", ours],
            [sys.executable, PEERS / "surface_metrics.py", *pair, "--output", peer],
            measure="values", least=1, prepare=label_pair, is_long=True)


BENCHMARKS = [
    *start(),
    *meshnet(),
    *photographs(
        "lwnet", "lwnet/drive", "lwnet-vessel/experiments/wnet_drive/model_checkpoint.pth",
        ("retina-chasedb1", "*.jpg")),
    *photographs(
        "nuclei", "unet2d-nuclei-broad/dsb2018", "unet2d-nuclei-broad/weights.pt",
        ("nuclei-dsb2018/images", "*.png")),
    *surface_metrics(),
]
