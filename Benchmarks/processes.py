"""What all measurements share: running a process to its end, the table of results, and what machine it was."""

import json
import os
import pathlib
import platform
import subprocess
import sys
import time

from benchmarks import ROOT, VESALIUS

# Where a virtual machine shows AMX but hides its description, oneDNN dies at the first product in
# bfloat16. Vesalius sets the same limit for itself there; in 32-bit arithmetic nothing is lost.
PEER_ENVIRONMENT = {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_FP16"}
# Where a number of threads is given: the same for everyone, and the same on every machine.
THREADS = 2


def run(command, environment, log, output=None):
    """Wall seconds and peak resident bytes of a whole process; `output` gets what it prints.

    The figure of the kernel starts with what this process itself occupies, some 15 MB: no import of
    numpy here.
    """
    with open(log, "wb") as sink, open(output or os.devnull, "wb") as printed:
        begin = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL,
            stdout=printed if output else sink, stderr=sink, env=os.environ | environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        end = log.read_text(errors="replace").strip().splitlines()[-3:]
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {' | '.join(end)}")
    scale = 1 if sys.platform == "darwin" else 1024
    return {
        "seconds": seconds, "bytes": usage.ru_maxrss * scale,
        "cpuSeconds": usage.ru_utime + usage.ru_stime, "stages": stages(command)}


def is_older(target, *sources):
    return not target.exists() or any(
        target.stat().st_mtime < source.stat().st_mtime for source in sources)


def stages(command):
    """Seconds per stage from the run reports that our command leaves beside its masks."""
    if "--output" not in command:
        return {}
    output = pathlib.Path(command[command.index("--output") + 1])
    files = output.glob("*.json") if output.is_dir() else [output.with_name(output.name + ".json")]
    total = {}
    for file in files:
        if file.exists():
            # A plan, which training leaves there, has no seconds.
            for stage, seconds in json.loads(file.read_text()).get("seconds", {}).items():
                # Every report of one command repeats the one loading of the weights.
                total[stage] = seconds if stage == "load" else total.get(stage, 0) + seconds
    return total


def table(heading, rows):
    """Prints columns: the first and the last are text, those between are figures."""
    widths = [max(len(r[i]) for r in [heading, *rows]) for i in range(len(heading))]
    texts = (0, len(heading) - 1)
    for cells in [heading, *rows]:
        print("  ".join(
            cell.ljust(width) if i in texts else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths))).rstrip())


def version(command):
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    return result.stdout.strip()


def machine():
    model = platform.processor()
    try:
        with open("/proc/cpuinfo") as file:
            model = next(line.split(":", 1)[1].strip() for line in file if "model name" in line)
    except (OSError, StopIteration):
        pass
    return {
        "processor": model, "cores": os.cpu_count(), "system": platform.system(),
        "load": os.getloadavg()[0],
        "environment": {k: v for k, v in os.environ.items() if k.startswith(("OMP_", "GOMP_"))},
        "python": platform.python_version(),
        "commit": version(["git", "rev-parse", "--short", "HEAD"]),
        "vesalius": version([str(VESALIUS), "--version"])}
