"""Draws docs/pictures/house.png and lets the command make the other pictures of docs/filters.md from it.

Run after a build, with Debian's python3-numpy and python3-pil: python3 tools/pictures/filters.py
"""
import pathlib
import subprocess

import numpy
from PIL import Image

ROOT = pathlib.Path(__file__).parents[2]
FOVEA = ROOT / "src/Fovea.Cli/bin/Release/net10.0/fovea"
PICTURES = ROOT / "docs/pictures"


def house(width=192, height=128, fine=4):
    """A house on a hill at evening, drawn fourfold and scaled down, so that its edges are smooth."""
    y, x = numpy.mgrid[0:height * fine, 0:width * fine] / fine
    sky = numpy.stack([235 - 0.5 * y, 190 - 0.3 * y, 150 + 0.5 * y], axis=-1)
    picture = sky

    def paint(where, colour):
        picture[where] = colour

    paint((x - 150) ** 2 + (y - 30) ** 2 < 15 ** 2, (255, 236, 150))
    ground = 96 + 10 * numpy.sin(x / 30)
    paint(y > ground, (70, 120, 60))
    grass = (y > ground) & ((x + 2 * y) % 19 < 1.5)
    paint(grass, (90, 150, 70))
    paint((x > 40) & (x < 110) & (y > 60) & (y < 112), (200, 90, 70))
    paint((y < 62) & (y > 30) & (abs(x - 75) < (y - 28) * 1.35), (90, 60, 60))
    paint((x > 84) & (x < 98) & (y > 84) & (y < 112), (80, 50, 40))
    for left in (48, 64):
        paint((x > left) & (x < left + 12) & (y > 70) & (y < 84), (250, 240, 190))
        paint((abs(x - left - 6) < 0.6) & (y > 70) & (y < 84), (80, 50, 40))
    small = picture.reshape(height, fine, width, fine, 3).mean(axis=(1, 3))
    return Image.fromarray(numpy.clip(small + 0.5, 0, 255).astype(numpy.uint8))


def main():
    PICTURES.mkdir(exist_ok=True)
    house().save(PICTURES / "house.png", optimize=True)
    for name, *options in [
        ("edge", "--kernel", "edge"),
        ("emboss", "--kernel", "emboss"),
        ("sobel-y", "--kernel", "sobel-y", "--normalize"),
        ("top-edge", "--kernel", "top-edge", "--relu", "--pool", "max:2"),
    ]:
        subprocess.run([FOVEA, "filter", PICTURES / "house.png", *options, "--out", PICTURES / f"{name}.png"], check=True)


main()
