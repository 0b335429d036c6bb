"""Writes tests/Fovea.Imaging.Tests/Golden/jpeg-reduced.txt: what Pillow (libjpeg-turbo) makes of JPEG files at 1/2, 1/4, 1/8.

One case a line: NAME DENOMINATOR WIDTH HEIGHT CHANNELS SHA-256-OF-PIXELS, for the files to decode in Golden/jpeg.txt
and, called "photo:NAME", the photographs of the shared data. Pillow's draft mode is set by hand, since Image.draft
chooses the denominator itself. Run with Debian's python3-pil: FOVEA_DATA=../shared/data python3 tools/golden/jpeg_reduced.py
"""
import base64
import hashlib
import io
import os
import pathlib

from PIL import Image, ImageOps

GOLDEN = pathlib.Path(__file__).parents[2] / "tests/Fovea.Imaging.Tests/Golden"


def reduced(file, denominator):
    image = Image.open(io.BytesIO(file))
    width, height = (-(-side // denominator) for side in image.size)
    decoder, _, offset, arguments = image.tile[0]
    image._size = (width, height)
    image.tile = [(decoder, (0, 0, width, height), offset, (arguments[0], ""))]
    image.decoderconfig = (denominator, 0)
    image.load()
    image = ImageOps.exif_transpose(image)
    return image.convert("RGB") if image.mode == "CMYK" else image


def main():
    lines = [line.split() for line in (GOLDEN / "jpeg.txt").read_text().splitlines()]
    files = [(line[1], base64.b64decode(line[6])) for line in lines if line[0] == "decode"]
    photos = pathlib.Path(os.environ["FOVEA_DATA"]) / "images/photos"
    files += [(f"photo:{path.name}", path.read_bytes()) for path in sorted(photos.glob("*.jpg"))]
    with open(GOLDEN / "jpeg-reduced.txt", "w") as golden:
        for name, file in files:
            for denominator in (2, 4, 8):
                image = reduced(file, denominator)
                digest = hashlib.sha256(image.tobytes()).hexdigest()
                print(name, denominator, image.width, image.height, len(image.getbands()), digest, file=golden)


main()
