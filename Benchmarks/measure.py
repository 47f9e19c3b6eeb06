"""Runs ours and the peer's command alternately and prints one table of wall seconds and peak memory."""

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

from benchmarks import BENCHMARKS, OUT, ROOT, SHARED, VESALIUS

# Where a virtual machine shows AMX but hides its description, oneDNN dies at the first product in
# bfloat16. Vesalius sets the same limit for itself there; in 32-bit arithmetic nothing is lost.
PEER_ENVIRONMENT = {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_FP16"}


def run(command, environment, log):
    """Wall seconds and peak resident bytes of a whole process.

    The figure of the kernel starts with what this process itself occupies, some 15 MB: no import of
    numpy here.
    """
    with open(log, "wb") as sink:
        begin = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
            env=os.environ | environment)
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


def stages(command):
    """Seconds per stage from the run reports that our command leaves beside its masks."""
    if "--output" not in command:
        return {}
    output = command[command.index("--output") + 1]
    files = output.glob("*.json") if output.is_dir() else [output.with_name(output.name + ".json")]
    total = {}
    for file in files:
        if file.exists():
            for stage, seconds in json.loads(file.read_text())["seconds"].items():
                # Every report of one command repeats the one loading of the weights.
                total[stage] = seconds if stage == "load" else total.get(stage, 0) + seconds
    return total


def measure(benchmark, runs, warm_up):
    """Alternating runs; raises RuntimeError when a command fails."""
    for folder in benchmark.outputs:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    if benchmark.prepare:
        benchmark.prepare()
    sides = {"ours": (benchmark.ours, {}), "peer": (benchmark.peer, PEER_ENVIRONMENT)}
    results = {"ours": [], "peer": []}
    for count in range(0 if warm_up else 1, runs + 1):
        for side, (command, environment) in sides.items():
            result = run(command, environment, OUT / f"{benchmark.name}-{side}.log")
            if count > 0:
                results[side].append(result)
            label = f"run {count}" if count else "warm-up"
            print(f"bench: {benchmark.name} {label}, {side}: {result['seconds']:.2f} s",
                  file=sys.stderr)
    line = {"name": benchmark.name, "runs": results, "agreement": None, "agrees": True}
    for key in ("seconds", "bytes"):
        ours, peer = (
            statistics.median(r[key] for r in results[side]) for side in ("ours", "peer"))
        line[key] = {"ours": ours, "peer": peer, "ratio": ours / peer}
    if benchmark.measure:
        tool = ROOT / "Benchmarks" / "agreement.py"
        found = subprocess.run(
            [sys.executable, tool, benchmark.measure, *benchmark.outputs],
            capture_output=True, text=True)
        if found.returncode != 0:
            raise RuntimeError(found.stderr.strip().splitlines()[-1])
        line["agreement"] = json.loads(found.stdout)
        line["agrees"] = line["agreement"]["value"] >= benchmark.least
    return line


def row(line):
    seconds, size = line["seconds"], line["bytes"]
    cells = [line["name"]]
    cells += [f"{seconds['ours']:.2f}", f"{seconds['peer']:.2f}", f"{seconds['ratio']:.2f}"]
    cells += [f"{size['ours'] / 1e6:.0f}", f"{size['peer'] / 1e6:.0f}", f"{size['ratio']:.2f}"]
    if agreement := line["agreement"]:
        text = f"{agreement['measure']} {agreement['value']:.6f}"
        cells.append(text if line["agrees"] else f"DIFFERENT: {text}")
    else:
        cells.append("")
    return cells


def table(rows):
    heading = ["benchmark", "ours s", "peer s", "ratio", "ours MB", "peer MB", "ratio", "agreement"]
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


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/run")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="one counted run each")
    parser.add_argument("--runs", type=int, default=3, help="counted runs each (3)")
    parser.add_argument("--list", action="store_true", help="print the names")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(benchmark.name for benchmark in BENCHMARKS))
        return 0
    unknown = [name for name in arguments.names if not any(fits(b, name) for b in BENCHMARKS)]
    if unknown:
        parser.error(f"no benchmark is named {unknown[0]}; --list prints the names")
    runs = 1 if arguments.quick else max(1, arguments.runs)
    lines, notes = [], []
    before = machine()
    for benchmark in BENCHMARKS:
        if arguments.names and not any(fits(benchmark, name) for name in arguments.names):
            continue
        if benchmark.missing:
            notes.append(f"{benchmark.name}: skipped: " + (
                f"no {benchmark.missing[0].name}" if SHARED.exists() else "no ../shared"))
            continue
        try:
            lines.append(
                measure(benchmark, runs, not (arguments.quick and benchmark.is_long)))
        except RuntimeError as error:
            notes.append(f"{benchmark.name}: FAILED: {error}")
        except KeyboardInterrupt:
            notes.append(f"{benchmark.name}: interrupted; what was measured before stands above")
            break
    if lines:
        table([row(line) for line in lines])
        name = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H%M%SZ.json")
        report = {"machine": before, "countedRuns": runs, "benchmarks": lines, "notes": notes}
        (OUT / name).write_text(json.dumps(report, indent=1) + "\n")
        print(f"medians of {runs} runs; every run and our seconds per stage: out/bench/{name}")
    print("\n".join(notes), end="\n" if notes else "")
    failed = any(not line["agrees"] for line in lines) or any("FAILED" in note for note in notes)
    return 1 if failed else 0


def fits(benchmark, name):
    return benchmark.name == name or benchmark.name.startswith(name + "-")


if __name__ == "__main__":
    sys.exit(main())
