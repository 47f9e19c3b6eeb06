"""Our SAM beside PyTorch, ONNX Runtime and OpenVINO: a process each, in turn, times its own steps."""

import json
import math
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from benchmarks import OUT, PEERS, ROOT, VESALIUS, Benchmark
from processes import PEER_ENVIRONMENT, THREADS, is_older, run

OURS = ROOT / ".build" / "release" / "sam-benchmark"
WEIGHTS, ONNX, IMAGE = OUT / "weights", OUT / "onnx", OUT / "picture.png"
# Ours: the precision, and how far its embedding may lie from PyTorch's (relative L2).
PRECISIONS = {"auto": 1e-2, "fp32": 1e-4}
PEER_RUNTIMES = {
    "torch": ["--runtime", "torch"],
    "onnxruntime": ["--runtime", "onnxruntime"],
    "openvino": ["--runtime", "openvino", "--precision", "f32"],
    "openvino auto": ["--runtime", "openvino"],
}
PROMPTS = ["--point", "500,375", "--box", "75,275,725,700"]
QUANTITIES = ["encode s", "encode CPU s", "prompt s", "end to end s", "peak memory MB"]
HEADING = [
    "benchmark", "ours", *(cell for peer in PEER_RUNTIMES for cell in (peer, "ratio")), "agreement"]

# A picture of 1024 × 768 pixels, which nobody has to resize: waves of several lengths, and noise.
PICTURE = """
import sys
import numpy
from PIL import Image
y, x = numpy.mgrid[:768, :1024]
noise = numpy.random.default_rng(1).normal(0, 8, (768, 1024, 3))
waves = [numpy.sin(x / a) * numpy.cos(y / b) for a, b in ((90, 70), (35, 120), (160, 40))]
values = 128 + 90 * numpy.stack(waves, 2) + noise
Image.fromarray(values.clip(0, 255).astype(numpy.uint8)).save(sys.argv[1])
"""


@dataclass
class Promptable:
    model: str
    # Takes so long that it must be asked for.
    only_by_name: bool = False
    missing = ()

    @property
    def name(self):
        return self.model

    @property
    def weights(self):
        return WEIGHTS / f"{self.model}.safetensors"

    def prepare(self):
        """Weights, picture and exported graphs, where they are not there yet or older than their maker.

        Each in a process of its own, because peak memory is inherited.
        """
        make_files(self.model, self.weights)
        exporter = PEERS / "export_sam.py"
        if is_older(ONNX / self.model, exporter, PEERS / "sam_network.py", self.weights):
            print(f"bench: {self.model}: exporting to ONNX", file=sys.stderr)
            call([sys.executable, exporter, self.model, self.weights, ONNX])

    def sides(self):
        """Name, command and environment of everyone who is measured."""
        common = ["--model", self.model, "--weights", self.weights, "--image", IMAGE, *PROMPTS,
                  "--threads", THREADS]
        for precision in PRECISIONS:
            yield precision, [OURS, *common, "--precision", precision], {}
        for peer, choice in PEER_RUNTIMES.items():
            command = [sys.executable, PEERS / "sam.py", *choice, *common, "--onnx", ONNX]
            yield peer, command, PEER_ENVIRONMENT

    def measure(self, runs):
        """Alternating processes; a peer that fails is left out, with a note."""
        self.prepare()
        results, notes = {}, []
        for count in range(1, runs + 1):
            for side, command, environment in self.sides():
                if len(results.get(side, [])) < count - 1:
                    continue
                log = OUT / f"{self.model}-{side.replace(' ', '-')}.log"
                output = log.with_suffix(".out")
                try:
                    # Two encodings: what the first one sets up does not count, except end to end.
                    result = run(
                        [*command, "--runs", 2, "--started", time.time()], environment, log, output)
                    result |= json.loads(output.read_text())
                except (RuntimeError, ValueError) as error:
                    notes.append(f"{self.model}: FAILED: {side}: {error}")
                    continue
                results.setdefault(side, []).append(result)
                print(f"bench: {self.model} run {count}, {side}: "
                      f"{figures([result])['encode s']:.2f} s to encode", file=sys.stderr)
        return [line(self.model, precision, limit, results)
                for precision, limit in PRECISIONS.items() if precision in results], notes


PROMPTABLE = [
    Promptable("sam-vit-t"), Promptable("sam-vit-b"),
    Promptable("sam-vit-l", only_by_name=True), Promptable("sam-vit-h", only_by_name=True)]


def make_files(model, weights):
    """Weights by the formula and a picture, where they are not there yet or older than their maker."""
    OUT.mkdir(parents=True, exist_ok=True)
    manifest = ROOT / "Parity" / f"{model}.json"
    maker = ROOT / "Benchmarks" / "formula_weights.py"
    if is_older(weights, manifest, maker):
        call([sys.executable, maker, manifest, weights])
    if not IMAGE.exists():
        call([sys.executable, "-c", PICTURE, IMAGE])


def automatic():
    """Masks of everything in a picture of 1024 × 768 pixels: ours beside the official schedule in float32.

    Weights by the formula promise little and are stable nowhere: some candidates of every point stay.
    """
    name, model = "automatic-masks", "sam-vit-t"
    weights = WEIGHTS / f"{model}.safetensors"
    command = [VESALIUS, "segment", IMAGE, "--model", model, "--weights", weights, "--automatic",
               "--iou-threshold", "0.2", "--stability-threshold", "0"]
    ours, peer = (OUT / side / name / "masks" for side in ("ours", "peer"))
    return Benchmark(
        name, [*command, "--output", f"{ours}/"],
        [*command, "--official-schedule", "--precision", "fp32", "--output", f"{peer}/"],
        measure="iou", least=0.99, is_long=True, prepare=lambda: make_files(model, weights))


def call(command):
    found = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if found.returncode != 0:
        raise RuntimeError((found.stderr.strip().splitlines() or ["no reason given"])[-1])
    print(found.stdout, end="")


def figures(results):
    """Medians over the processes of one side; first encodings and first prompts are left out."""
    return {
        "encode s": statistics.median(t for r in results for t in r["encode"]["wall"][1:]),
        "encode CPU s": statistics.median(t for r in results for t in r["encode"]["processor"][1:]),
        "prompt s": statistics.median(
            t for r in results for kind in ("point", "box") for t in r[kind]["wall"][1:]),
        "end to end s": statistics.median(r["endToEnd"] for r in results),
        "peak memory MB": statistics.median(r["bytes"] for r in results) / 1e6}


def line(model, precision, limit, results):
    ours = results[precision]
    found = {
        "name": f"{model} {precision}", "limit": limit, "ours": figures(ours), "agrees": True,
        "peers": {peer: figures(results[peer]) for peer in PEER_RUNTIMES if peer in results},
        "agreement": None, "runs": {side: compact(results[side])
                                    for side in [precision, *PEER_RUNTIMES] if side in results}}
    if reference := results.get("torch"):
        found["agreement"] = {
            side: agreement(runs[0], reference[0]) for side, runs in results.items()
            if side == precision or side in PEER_RUNTIMES}
        found["agrees"] = found["agreement"][precision]["embedding"] <= limit
    return found


def compact(results):
    """Without the values that were only there to be compared."""
    return [{k: v for k, v in r.items() if k not in ("embedding", "masks")} for r in results]


def agreement(result, reference):
    a, b = result["embedding"], reference["embedding"]
    if len(a) != len(b):
        return {"embedding": math.inf}
    return {
        "embedding": math.dist(a, b) / math.hypot(*b),
        **{f"{kind} IoU": overlap(result["masks"][kind], reference["masks"][kind])
           for kind in ("point", "box")}}


def overlap(a, b):
    """Intersection over union of two masks given as runs of equal pixels."""
    a, b = intervals(a), intervals(b)
    common, i, j = 0, 0, 0
    while i < len(a) and j < len(b):
        common += max(0, min(a[i][1], b[j][1]) - max(a[i][0], b[j][0]))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    union = sum(end - start for start, end in a + b) - common
    return common / union if union else 1


def intervals(lengths):
    """Start and end of every run inside the mask; the first length counts pixels outside."""
    pixel, found = 0, []
    for index, length in enumerate(lengths):
        if index % 2:
            found.append((pixel, pixel + length))
        pixel += length
    return found


def rows(line):
    """One row per quantity; what was compared stands beside encoding and prompting."""
    for quantity in QUANTITIES:
        digits = 0 if quantity.endswith("MB") else 2
        ours = line["ours"][quantity]
        cells = [f"{line['name']} {quantity}", f"{ours:.{digits}f}"]
        for peer in PEER_RUNTIMES:
            theirs = line["peers"].get(peer)
            cells += [f"{theirs[quantity]:.{digits}f}", f"{ours / theirs[quantity]:.2f}"] \
                if theirs else ["-", "-"]
        cells.append(remark(line, quantity))
        yield cells


def remark(line, quantity):
    if line["agreement"] is None:
        return ""
    ours = line["agreement"][line["name"].split()[1]]
    if quantity == "encode s":
        text = f"relative L2 {ours['embedding']:.1e}"
        return text if line["agrees"] else f"DIFFERENT: {text}"
    if quantity == "prompt s" and "point IoU" in ours:
        return f"IoU {ours['point IoU']:.4f} (point), {ours['box IoU']:.4f} (box)"
    return ""


AUTOMATIC = automatic()
