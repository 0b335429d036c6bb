"""Runs the sides in turns, every figure in a process of its own, keeps the best of all rounds, and prints the report.
Usage: race.py [FIGURES=all] [ROUNDS=3] [SECONDS=2]; `run` prepares everything and calls it."""
import os
import pathlib
import subprocess
import sys

import report
import startup

HERE = pathlib.Path(__file__).parent
CACHE = HERE / "peers/cache"
FOVEA = ["dotnet", HERE / "Fovea.Benchmarks/bin/Release/net10.0/Fovea.Benchmarks.dll", "race"]
SIDES = {
    "fovea": FOVEA,
    "floats": FOVEA,
    "torch": ["/usr/bin/python3", HERE / "peers/torch_race.py"],
    "ort": ["node", HERE / "peers/ort_race.js"],
}
NAMES = {"fovea": "Fovea", "floats": "Fovea in floats", "torch": "PyTorch", "ort": "ONNX Runtime"}


def measure(side, figure, threads, seconds):
    """[(figure, value, unit)] of one process; it checks its numbers before it times them. Nothing if it failed, for a reason it told."""
    asked = figure.replace("-int8", "") if side == "floats" else figure
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    process = subprocess.run([*map(str, SIDES[side]), CACHE, str(threads), str(seconds), asked],
                             env=environment, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    if process.returncode != 0:
        print(f"{NAMES[side]} gave no {figure} on {threads} thread(s)", file=sys.stderr)
        return []
    return [(name.replace(asked, figure), float(value), unit) for name, _, value, unit in (line.split() for line in process.stdout.splitlines())]


def main():
    chosen, rounds, seconds = (sys.argv[1:] + ["all", "3", "2"][len(sys.argv) - 1:])[:3]
    names, known = chosen.split(","), [row.figure for row in report.rows()]
    beginnings = tuple("" if name == "all" else name for name in names if name not in known)
    rows = [row for row in report.rows() if row.figure in names or (beginnings and row.figure.startswith(beginnings))]
    if not rows:
        sys.exit(f"no figure begins with {chosen}; see {HERE / 'figures.tsv'}")
    runs = {}  # a memory's figure is taken by the run that it belongs to
    for row in rows:
        runs.setdefault(row.figure.removesuffix("-memory"), ["fovea"]).extend(peer for peer in row.peers if peer in SIDES)
    subprocess.run(["/usr/bin/python3", HERE / "peers/export.py", CACHE, *dict.fromkeys(name.replace("-int8", "") for name in runs)], check=True)

    results, failed = report.Results(), False
    for number in range(1, int(rounds) + 1):
        for threads in (1, 2):
            for figure, sides in [("peak", ["fovea"]), *runs.items()]:
                print(f"round {number}, {threads} thread(s): {figure}", file=sys.stderr)
                if figure == "startup":
                    results.add("fovea", figure, threads, startup.fastest(CACHE, threads), "s")
                    continue
                for side in dict.fromkeys(sides):
                    lines = measure(side, figure, threads, seconds)
                    failed |= not lines
                    for name, value, unit in lines:
                        results.add(side, name, threads, value, unit)
    report.write(rows, results, rounds=int(rounds), seconds=float(seconds), selection=chosen)
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
