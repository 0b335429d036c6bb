"""How long the published `fovea predict` takes from its start to the first line of its prediction."""
import functools
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).parent.parent
TIMES = 10


@functools.cache
def command(cache):
    """The published command with a small LeNet-5 and a picture."""
    program, model, pictures = cache / "fovea/Fovea.Cli", cache / "startup/model.safetensors", cache / "startup/pictures"
    run = functools.partial(subprocess.run, stdout=subprocess.DEVNULL, check=True)
    run(["dotnet", "publish", ROOT / "src/Fovea.Cli", "-c", "Release", "-v", "q", "-nologo", "-o", cache / "fovea"])
    if not model.exists():
        run([program, "train", "digits", "--model", "lenet5", "--epochs", "1", "--limit", "2000", "--out", cache / "startup", "--json"])
    if not pictures.exists():
        run([program, "data", "export", "digits", "--limit", "10", "--out", pictures])
    return [program, "predict", model, next(pictures.glob("*/*.png"))]


def fastest(cache, threads):
    """Seconds, the least of several."""
    line = [*command(cache), "--threads", str(threads)]
    best = float("inf")
    for _ in range(TIMES):
        start = time.perf_counter()
        with subprocess.Popen(line, stdout=subprocess.PIPE) as process:
            if process.stdout.readline():
                best = min(best, time.perf_counter() - start)
            process.stdout.read()
    return best
