"""Writes tests/Fovea.Imaging.Tests/Golden/gif.txt: GIF files as Pillow writes them, and what it reads back.

One file a line: width, height, the file in base64, and the SHA-256 of its pixels as red, green, blue, alpha.
Run with Debian's python3-pil: python3 tools/golden/gif.py
"""
import base64
import hashlib
import io
import pathlib

from PIL import Image


def picture(width, height, colours):
    """Flat parts, ramps and noise, so that codes of every length come, and in large pictures the table fills."""
    def sample(x, y):
        if (x // 16 + y // 16) % 3 == 0:
            return (x // 8 + y // 8) % colours
        return (x * x * 31 + y * y * 17 + x * y * 7) // 5 % colours
    return bytes(sample(x, y) for y in range(height) for x in range(width))


def main():
    lines = []
    for width, height, colours, grey, options in [
        (1, 1, 2, False, {}),
        (7, 5, 2, True, {}),
        (33, 17, 4, False, {"interlace": 1}),
        (33, 17, 16, False, {"interlace": 0, "transparency": 3}),
        (20, 3, 256, True, {"interlace": 1, "transparency": 7}),
        (110, 90, 256, False, {"interlace": 0}),
        (97, 131, 128, False, {"interlace": 1, "comment": b"a comment" * 60}),
        (64, 64, 3, False, {"interlace": 1, "transparency": 0}),
    ]:
        image = Image.frombytes("P", (width, height), picture(width, height, colours))
        image.putpalette([v for i in range(256) for v in ((i, i, i) if grey else (i, 255 - i, i * 37 % 256))])
        file = io.BytesIO()
        image.save(file, "GIF", optimize=False, **options)
        pixels = Image.open(io.BytesIO(file.getvalue())).convert("RGBA").tobytes()
        lines.append(f"{width} {height} {base64.b64encode(file.getvalue()).decode()} {hashlib.sha256(pixels).hexdigest()}")
    path = pathlib.Path(__file__).parents[2] / "tests/Fovea.Imaging.Tests/Golden/gif.txt"
    path.write_text("\n".join(lines) + "\n")


main()
