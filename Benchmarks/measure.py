"""Runs ours and the peer's command alternately and prints one table of wall seconds and peak memory."""

import argparse
import datetime
import json
import shutil
import statistics
import subprocess
import sys

import promptable
from benchmarks import BENCHMARKS, OUT, ROOT, SHARED
from generalists import GENERALISTS
from processes import PEER_ENVIRONMENT, machine, run, table
from promptable import AUTOMATIC, PROMPTABLE
from self_configured import SELF_CONFIGURED

HEADING = ["benchmark", "ours s", "peer s", "ratio", "ours MB", "peer MB", "ratio", "agreement"]


def measure(benchmark, runs, warm_up):
    """Alternating runs; raises RuntimeError when a command fails."""
    if benchmark.prepare:
        benchmark.prepare()
    ours, peer = benchmark.outputs
    sides = {"ours": (benchmark.ours, {}, ours), "peer": (benchmark.peer, PEER_ENVIRONMENT, peer)}
    results = {"ours": [], "peer": []}
    for count in range(0 if warm_up else 1, runs + 1):
        for side, (command, environment, folder) in sides.items():
            # What is there already would be gone on with, or not be done again.
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            result = run(command, environment, OUT / f"{benchmark.name}-{side}.log")
            if benchmark.seconds:
                result["processSeconds"] = result["seconds"]
                result["seconds"] = benchmark.seconds(folder)
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


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/run")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="one counted run each")
    parser.add_argument("--runs", type=int, default=3, help="counted runs each (3)")
    parser.add_argument("--list", action="store_true", help="print the names")
    arguments = parser.parse_args()
    everything = [*BENCHMARKS, *SELF_CONFIGURED, *GENERALISTS, AUTOMATIC, *PROMPTABLE]
    if arguments.list:
        print("\n".join(benchmark.name for benchmark in everything))
        return 0
    unknown = [name for name in arguments.names if not any(fits(b, name) for b in everything)]
    if unknown:
        parser.error(f"no benchmark is named {unknown[0]}; --list prints the names")
    runs = 1 if arguments.quick else max(1, arguments.runs)
    lines, prompted, notes = [], [], []
    before = machine()
    for benchmark in everything:
        if not is_chosen(benchmark, arguments.names):
            continue
        if benchmark.missing:
            notes.append(f"{benchmark.name}: skipped: " + (
                f"no {benchmark.missing[0].name}" if SHARED.exists() else "no ../shared"))
            continue
        try:
            if benchmark in PROMPTABLE:
                found, failures = benchmark.measure(runs)
                prompted += found
                notes += failures
            else:
                lines.append(
                    measure(benchmark, runs, not (arguments.quick and benchmark.is_long)))
        except RuntimeError as error:
            notes.append(f"{benchmark.name}: FAILED: {error}")
        except KeyboardInterrupt:
            notes.append(f"{benchmark.name}: interrupted; what was measured before stands above")
            break
    if lines:
        table(HEADING, [row(line) for line in lines])
    if prompted:
        table(promptable.HEADING, [row for line in prompted for row in promptable.rows(line)])
    if lines or prompted:
        name = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H%M%SZ.json")
        report = {"machine": before, "countedRuns": runs, "benchmarks": lines,
                  "promptable": prompted, "notes": notes}
        (OUT / name).write_text(json.dumps(report, indent=1) + "\n")
        print(f"medians of {runs} runs; every run and our seconds per stage: out/bench/{name}")
    print("\n".join(notes), end="\n" if notes else "")
    failed = any(not line["agrees"] for line in lines + prompted) or any(
        "FAILED" in note for note in notes)
    return 1 if failed else 0


def is_chosen(benchmark, names):
    if names:
        return any(fits(benchmark, name) for name in names)
    return not benchmark.only_by_name


def fits(benchmark, name):
    return benchmark.name == name or benchmark.name.startswith(name + "-")


if __name__ == "__main__":
    sys.exit(main())
