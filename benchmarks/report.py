"""The rows of the race and the Markdown page that comes of them: ratios first, then two threads against one, then the rest."""
import collections
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).parent
NAMES = {"floats": "Fovea in floats", "torch": "PyTorch", "ort": "ONNX Runtime"}
MORE_IS_BETTER = ("images/s", "GF/s")
LEAST_GAIN_OF_TWO_THREADS = 1.8

Row = collections.namedtuple("Row", "figure peers bar work")


def rows():
    lines = (HERE / "figures.tsv").read_text(encoding="utf-8").splitlines()
    parts = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Row(figure, [] if peers == "-" else peers.split(","), bar, work) for figure, peers, bar, work in parts]


class Results:
    """The best value of every side's figure by threads; of deviations the worst."""

    def __init__(self):
        self.best, self.units = {}, {}

    def add(self, side, figure, threads, value, unit):
        key = side, figure, threads
        choose = max if unit in MORE_IS_BETTER or unit == "relative" else min
        self.best[key] = choose(value, self.best.get(key, value))
        self.units[figure] = unit

    def get(self, side, figure, threads):
        return self.best.get((side, figure, threads))

    def ratio(self, figure, better, worse):
        """How many times better the first value is; None if one is missing."""
        if better is None or worse is None:
            return None
        return better / worse if self.units[figure] in MORE_IS_BETTER else worse / better

    def text(self, figure, value):
        return "—" if value is None else f"{number(value)} {self.units[figure]}"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def times(ratio):
    return "—" if ratio is None else f"{ratio:.2f}×"


def table(head, lines):
    if lines:
        print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
        print("".join("| " + " | ".join(line) + " |\n" for line in lines))


def judge(reached):
    return "pass" if reached else "miss"


def against_peers(chosen, results):
    """One line a row, peer and number of threads. A bar holds for the first peer, on two threads."""
    for row in chosen:
        for peer in row.peers:
            for threads in (2, 1):
                own, other = results.get("fovea", row.figure, threads), results.get(peer, row.figure, threads)
                ratio = results.ratio(row.figure, own, other) if row.figure in results.units else None
                barred = row.bar.endswith("x") and threads == 2 and peer == row.peers[0]
                least = float(row.bar[:-1]) if barred else None
                yield [row.work, str(threads), times(ratio), f"{least:g}×" if barred else "",
                       judge(ratio is not None and ratio >= least) if barred else "",
                       results.text(row.figure, own), f"{NAMES[peer]} {results.text(row.figure, other)}"]


def against_peak(chosen, results):
    for row in (row for row in chosen if row.figure.startswith("conv")):
        for threads in (2, 1):
            value, peak = results.get("fovea", row.figure, threads), results.get("fovea", f"{row.figure}-peak", threads)
            if value is None or peak is None:
                continue
            least = float(row.bar[:-1]) if row.bar.endswith("%") and threads == 2 else None
            share = 100 * value / peak
            yield [row.work, str(threads), f"{share:.0f} %", f"{least:g} %" if least else "", judge(share >= least) if least else "", f"{value:.0f} of {peak:.0f} GF/s"]


def two_against_one(chosen, results):
    for row in chosen:
        if row.figure.endswith("memory") or row.figure == "startup" or row.figure not in results.units:
            continue
        gain = {side: results.ratio(row.figure, results.get(side, row.figure, 2), results.get(side, row.figure, 1)) for side in ("fovea", *row.peers)}
        wanted = row.figure != "lenet5-infer-1" and gain["fovea"] is not None
        yield [row.work, times(gain["fovea"]), f"{LEAST_GAIN_OF_TWO_THREADS}×" if wanted else "",
               judge(gain["fovea"] >= LEAST_GAIN_OF_TWO_THREADS) if wanted else "",
               ", ".join(f"{NAMES[peer]} {times(gain[peer])}" for peer in row.peers)]


def limits(chosen, results):
    """What is compared with a number instead of a peer."""
    for row in chosen:
        allocated = f"{row.figure}-allocated"
        for threads in (2, 1):
            if (value := results.get("fovea", allocated, threads)) is not None:
                yield [f"{row.work}: allocated", str(threads), results.text(allocated, value), "0", judge(value == 0)]
            if row.bar.startswith("<=") and (value := results.get("fovea", row.figure, threads)) is not None:
                yield [row.work, str(threads), results.text(row.figure, value), f"≤ {row.bar[2:]}", judge(value <= float(row.bar[2:]))]


def deviations(chosen, results):
    for row in chosen:
        figure = f"{row.figure}-deviation"
        found = {side: max((value for threads in (1, 2) if (value := results.get(side, figure, threads)) is not None), default=None) for side in ("fovea", "torch", "ort")}
        if found["fovea"] is not None:
            yield [row.work] + ["—" if value is None else f"{value:.1e}" for value in found.values()]


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout.strip()


def versions():
    processor = re.search(r"^model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    torch = output("/usr/bin/python3", "-c", "import torch; print(torch.__version__)")
    ort = output("node", "-p", f"require('{HERE}/peers/node_modules/onnxruntime-node/package.json').version")
    return f"{processor[1] if processor else 'processor unknown'}; .NET SDK {output('dotnet', '--version')}, PyTorch {torch}, ONNX Runtime {ort} (Node.js {output('node', '--version')[1:]})"


def write(chosen, results, rounds, seconds, selection):
    print(f"`benchmarks/run {selection} {rounds} {seconds:g}`: the sides take turns, the best of {rounds} rounds counts. {versions()}.\n")
    table(["work", "threads", "ratio", "at least", "", "Fovea", "peer"], [*against_peers(chosen, results)])
    table(["convolution", "threads", "of the peak", "at least", "", "reached"], [*against_peak(chosen, results)])
    table(["two threads against one", "Fovea", "at least", "", "peers"], [*two_against_one(chosen, results)])
    table(["limit", "threads", "reached", "at most", ""], [*limits(chosen, results)])
    table(["largest relative difference to PyTorch's exported numbers", "Fovea", "PyTorch", "ONNX Runtime"], [*deviations(chosen, results)])
