"""Writes tests/Fovea.Imaging.Tests/Golden/cases.txt: what Pillow shows of the faulty files in shared/data/cases/decode.

One file a line: name, width, height, and the SHA-256 of its pixels as red, green, blue, alpha. The files themselves are not
committed. Run with Debian's python3-pil: python3 tools/golden/cases.py FOLDER

Four kinds of faults, where programs differ, get their rule here, and Pillow does the rest:
- restart markers of JPEG are renumbered, since Pillow otherwise skips to the number it expects;
- indices beyond a palette, and all without one, are black, as browsers show them; Pillow shows greys;
- transparency that comes after the data of a PNG file is dropped, as libpng does;
- files in REFUSED are not listed, since data are missing in them.
"""
import hashlib
import io
import pathlib
import sys

from PIL import Image, ImageFile, ImageOps

REFUSED = {"chunk_before_ihdr.png", "cut_half_with_eoi.jpg", "ids_dup.jpg", "rst_one_missing.jpg"}


def renumbered(file):
    """The file with its restart markers numbered 0 to 7 again and again."""
    file, count = bytearray(file), 0
    for i in range(file.index(b"\xff\xda"), len(file) - 1):
        if file[i] == 0xFF and 0xD0 <= file[i + 1] <= 0xD7:
            file[i + 1] = 0xD0 + count % 8
            count += 1
    return bytes(file)


def coloured(image):
    """The image's indices as colours, black where the palette has none."""
    palette = image.palette.palette if image.mode == "P" else b""
    alphas = image.info.get("transparency", b"")
    alphas = bytes(0 if i == alphas else 255 for i in range(256)) if isinstance(alphas, int) else alphas.ljust(256, b"\xff")
    entries = [palette[3 * i:3 * i + 3].ljust(3, b"\0") + alphas[i:i + 1] for i in range(256)]
    return Image.frombytes("RGBA", image.size, b"".join(entries[index] for index in image.tobytes()))


def read(path):
    file = path.read_bytes()
    if file.startswith(b"\xff\xd8"):
        file = renumbered(file)
    image = Image.open(io.BytesIO(file))
    image.load()
    if "after_idat" in path.name:
        image.info.pop("transparency", None)
    indexed = image.mode == "P" or image.format == "GIF"
    return coloured(image) if indexed else ImageOps.exif_transpose(image).convert("RGBA")


def main():
    # Sums of optional PNG chunks that are wrong are an error otherwise.
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    lines = []
    for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        if path.name not in REFUSED:
            image = read(path)
            lines.append(f"{path.name} {image.width} {image.height} {hashlib.sha256(image.tobytes()).hexdigest()}")
    golden = pathlib.Path(__file__).parents[2] / "tests/Fovea.Imaging.Tests/Golden/cases.txt"
    golden.write_text("\n".join(lines) + "\n")


main()
