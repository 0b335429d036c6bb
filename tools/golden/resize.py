"""Writes tests/Fovea.Imaging.Tests/Golden/resize.txt: what Pillow makes of a picture given by a formula.

One case a line: mode, filter, old width and height, new width and height, the new samples in base64. The filter
"luma" stands for the conversion to grey. Run with Debian's python3-pil: python3 tools/golden/resize.py
"""
import base64
import pathlib

from PIL import Image

CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
FILTERS = {"box": Image.BOX, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
SIZES = [
    ((7, 5), (7, 5)), ((7, 5), (14, 10)), ((17, 11), (5, 4)), ((40, 30), (28, 28)), ((33, 47), (8, 3)),
    ((64, 64), (16, 16)), ((3, 2), (20, 13)), ((1, 1), (4, 3)), ((50, 1), (7, 1)), ((9, 31), (9, 8)), ((31, 9), (8, 9)),
    ((100, 60), (1, 1)),
]


def picture(width, height, channels):
    return bytes(
        ((x * x * 3 + y * x * 7 + y * 29 + c * 61) ^ (((x // 3 + y // 4) % 2) * 255)) & 255
        for y in range(height) for x in range(width) for c in range(channels))


def main():
    lines = []

    def add(mode, name, image, result):
        samples = base64.b64encode(result.tobytes()).decode()
        lines.append(f"{mode} {name} {image.width} {image.height} {result.width} {result.height} {samples}")

    for mode, channels in CHANNELS.items():
        for old, new in SIZES:
            image = Image.frombytes(mode, old, picture(*old, channels))
            for name, resample in FILTERS.items():
                if mode in ("L", "RGB") or old[0] < 20:
                    add(mode, name, image, image.resize(new, resample))
    colour = Image.frombytes("RGB", (24, 20), picture(24, 20, 3))
    add("RGB", "luma", colour, colour.convert("L"))
    path = pathlib.Path(__file__).parents[2] / "tests/Fovea.Imaging.Tests/Golden/resize.txt"
    path.write_text("\n".join(lines) + "\n")


main()
