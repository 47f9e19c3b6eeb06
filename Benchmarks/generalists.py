"""The networks of the generalists beside PyTorch: a training sample's gradients, and an answer."""

import json
import subprocess
import sys

from benchmarks import OUT, PEERS, ROOT, Benchmark
from processes import THREADS, is_older

OURS = ROOT / ".build" / "release" / "generalist-benchmark"
DATA = OUT / "generalists"
MODELS = {"interactive-unet": "interactive", "universeg/small": "in-context"}


def seconds(folder):
    return json.loads((folder / "seconds.json").read_text())["median"]


def benchmark(model, kind):
    """Seconds are those of a sample or an answer, not of the process; results within five thousandths (relative L2)."""
    name = f"generalist-{MODELS[model]}-{kind}"
    inputs = DATA / f"{MODELS[model]}.safetensors"

    def prepare():
        DATA.mkdir(parents=True, exist_ok=True)
        if is_older(inputs, OURS):
            subprocess.run([OURS, "inputs", model, inputs], check=True)

    common = [inputs, "--threads", THREADS]
    ours, peer = OUT / "ours" / name, OUT / "peer" / name
    return Benchmark(
        name, [OURS, kind, model, inputs, ours, THREADS],
        [sys.executable, PEERS / "generalists.py", kind, MODELS[model], *common, "--output", peer],
        measure="close", least=1, prepare=prepare, is_long=True, seconds=seconds)


GENERALISTS = [benchmark(model, kind) for model in MODELS for kind in ("training", "answer")]
