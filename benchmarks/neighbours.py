"""Times single calls of Fovea and ONNX Runtime in turns while other processes want the processors, and prints medians and
99th percentiles with the bars that hold. Usage: neighbours.py [FIGURES=all] [ROUNDS=3] [SECONDS=4] [NEIGHBOURS=0,1,2]"""
import contextlib
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
CACHE = HERE / "peers/cache"
FOVEA = ["dotnet", os.environ.get("FOVEA_BENCHMARKS", HERE / "Fovea.Benchmarks/bin/Release/net10.0/Fovea.Benchmarks.dll"), "latency"]
ORT = ["node", HERE / "peers/ort_race.js", CACHE]
# Figure and whether ONNX Runtime runs it, too.
FIGURES = {
    "lenet5-infer-1": True,
    "resnet18-infer-1": True,
    "mobilenet_v2-infer-1": True,
    "convnet-basic-infer-1": False,
    "lenet5-clients-4": False,
    "mobilenet_v2-clients-4": False,
    "lenet5-train-64": False,
    "resnet18-train-16": False,
}
BUSY = "while True: pass"


@contextlib.contextmanager
def neighbours(count):
    processes = [subprocess.Popen(["/usr/bin/python3", "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def measure(side, figure, threads, seconds):
    """(median, p99) in milliseconds."""
    line = [*(FOVEA if side == "fovea" else ORT), threads, seconds, figure]
    output = subprocess.run([str(word) for word in line], env={**os.environ, "LATENCY": "1"}, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    return tuple(map(float, output.split()[2:]))


def cell(value):
    return "—" if value is None else f"{value[0]:.3g} / {value[1]:.3g}"


def judge(ratio, bar, least=False):
    return f"{ratio:.2f}× {'pass' if (ratio >= bar if least else ratio <= bar) else 'miss'}"


def line(figure, busy, results):
    """A row of the table: medians over the rounds, and the bars beside one busy process."""
    mid = {key: tuple(statistics.median(part) for part in zip(*values)) for key, values in results.items()}
    one, two, ort1, ort2 = (mid.get(key) for key in (("fovea", 1), ("fovea", 2), ("ort", 1), ("ort", 2)))
    bars = []
    if "-clients-" in figure:
        bars.append("throughput " + judge(one[0] / two[0], 0.95, least=True))
    elif "-train-" in figure and busy:
        bars.append("speed " + judge(one[0] / two[0], 1.0, least=True))
    elif busy:
        bars.append("median " + judge(two[0] / one[0], 1.1))
        bars.append("p99 " + judge(two[1] / one[1], 1.5))
        if ort2:
            bars.append("against ONNX Runtime " + judge(two[0] / ort2[0], 1.0))
    return "| " + " | ".join([figure, str(busy), cell(one), cell(two), cell(ort1), cell(ort2), "; ".join(bars)]) + " |"


def main():
    chosen, rounds, seconds, counts = (sys.argv[1:] + ["all", "3", "4", "0,1,2"][len(sys.argv) - 1:])[:4]
    figures = list(FIGURES) if chosen == "all" else chosen.split(",")
    if unknown := [figure for figure in figures if figure not in FIGURES]:
        sys.exit(f"no figure {unknown[0]}; known are {', '.join(FIGURES)}")
    peers = [figure for figure in figures if FIGURES[figure]]
    subprocess.run(["/usr/bin/python3", HERE / "peers/export.py", CACHE, *peers], check=True)
    print("Milliseconds of one call, median / 99th percentile; medians of " + rounds + " rounds of " + seconds + " s in turns.\n")
    print("| figure | busy processes | Fovea, 1 thread | 2 threads | ONNX Runtime, 1 thread | 2 threads | two threads against one |\n|---|---|---|---|---|---|---|")
    for figure in figures:
        for busy in map(int, counts.split(",")):
            results = {}
            for number in range(int(rounds)):
                print(f"{figure}, {busy} busy, round {number + 1}", file=sys.stderr)
                with neighbours(busy):
                    for side in ["fovea", "ort"] if FIGURES[figure] else ["fovea"]:
                        for threads in (1, 2):
                            results.setdefault((side, threads), []).append(measure(side, figure, threads, seconds))
            print(line(figure, busy, results), flush=True)


if __name__ == "__main__":
    main()
