"""Writes tests/Fovea.Imaging.Tests/Golden/jpeg.txt: what Pillow (libjpeg-turbo) makes of JPEG files, and pictures of.

One case a line:
  decode NAME WIDTH HEIGHT CHANNELS SHA-256-OF-PIXELS FILE-IN-BASE64
  encode MODE WIDTH HEIGHT QUALITY SAMPLING SHA-256-OF-FILE     (of the picture by a formula; sampling: 444, 420)
  photo NAME WIDTH HEIGHT CHANNELS SHA-256-OF-PIXELS X,Y=SAMPLES...
The files to decode are Pillow's, and some that it does not write: random coefficients in any sampling, in scans of
their own, with restart markers, made here with the standard's Huffman tables. Run with Debian's python3-pil:
FOVEA_DATA=../shared/data python3 tools/golden/jpeg.py
"""
import base64
import hashlib
import io
import os
import pathlib
import random
import struct

from PIL import Image, ImageOps

DC_COUNTS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
DC_SYMBOLS = list(range(12))
# A code for AC coefficients: a few short codes, the rest 12 bits long, so that both ways of decoding are met.
AC_SYMBOLS = [0x00, 0x01, 0x02, 0x11, 0x03] + [r * 16 + s for r in range(16) for s in range(1, 9) if r * 16 + s not in (1, 2, 3, 0x11)] + [0xF0]
AC_COUNTS = [0, 1, 2, 1, 1, 0, 0, 0, 0, 0, 0, len(AC_SYMBOLS) - 5, 0, 0, 0, 0]


def picture(width, height, channels):
    """Slopes, a checkerboard and some noise, as the tests make it too."""
    return bytes(
        ((x * x * 3 + y * x * 7 + y * 29 + c * 61) // 9 ^ (((x // 5 + y // 4) % 2) * 100)) & 255
        for y in range(height) for x in range(width) for c in range(channels))


def codes(counts, symbols):
    table, code, index = {}, 0, 0
    for length in range(1, 17):
        for _ in range(counts[length - 1]):
            table[symbols[index]] = (code, length)
            code, index = code + 1, index + 1
        code <<= 1
    return table


DC, AC = codes(DC_COUNTS, DC_SYMBOLS), codes(AC_COUNTS, AC_SYMBOLS)


def segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


class Bits:
    def __init__(self):
        self.text = ""

    def code(self, table, symbol, value=0):
        code, length = table[symbol]
        self.text += format(code, f"0{length}b")
        size = symbol & 15
        if size:
            self.text += format(value if value > 0 else value + (1 << size) - 1, f"0{size}b")

    def bytes(self):
        text = self.text + "1" * (-len(self.text) % 8)
        data = bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))
        return data.replace(b"\xff", b"\xff\0")


def block(rng, bits, previous):
    value = max(-60, min(60, previous + rng.randint(-20, 20)))
    difference = value - previous
    bits.code(DC, abs(difference).bit_length(), difference)
    i = 1
    while i < 64 and rng.random() < 0.75:
        run = rng.choice([0, 0, 0, 1, 2, 5, 17])
        if i + run > 63:
            break
        if run > 15:
            bits.code(AC, 0xF0)
            i, run = i + 16, run - 16
        value = rng.choice([-1, 1]) * rng.choice([1, 1, 2, 3, 7, 12])
        bits.code(AC, run * 16 + abs(value).bit_length(), value)
        i += run + 1
    if i < 64:
        bits.code(AC, 0)
    return previous + difference


def random_file(seed, width, height, factors, ids=(1, 2, 3, 4), adobe=None, restart=0, scans=None, jfif=False, wide_steps=False, fill=b""):
    """A sequential file of random coefficients. factors: (h, v) by component; scans: lists of components."""
    rng = random.Random(seed)
    count = len(factors)
    data = b"\xff\xd8"
    if jfif:
        data += segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    if adobe is not None:
        data += segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([adobe]))
    steps = [4 + i // 3 for i in range(64)]
    data += fill + segment(0xDB, b"\x10" + struct.pack(">64H", *steps) if wide_steps else b"\0" + bytes(steps))
    data += segment(0xC1, struct.pack(">BHHB", 8, height, width, count) + b"".join(
        bytes([ids[i], factors[i][0] * 16 + factors[i][1], 0]) for i in range(count)))
    data += segment(0xC4, b"\0" + bytes(DC_COUNTS + DC_SYMBOLS) + b"\x10" + bytes(AC_COUNTS + AC_SYMBOLS))
    if restart:
        data += segment(0xDD, struct.pack(">H", restart))
    most_h, most_v = max(h for h, _ in factors), max(v for _, v in factors)
    for scan in scans or [list(range(count))]:
        data += fill + segment(0xDA, bytes([len(scan)]) + b"".join(bytes([ids[i], 0]) for i in scan) + b"\0\x3f\0")
        if len(scan) == 1:
            h, v = factors[scan[0]]
            across, down = -(-(-(-width * h // most_h)) // 8), -(-(-(-height * v // most_v)) // 8)
        else:
            across, down = -(-width // (8 * most_h)), -(-height // (8 * most_v))
        bits, previous, units, restarts = Bits(), [0] * count, 0, 0
        for _ in range(across * down):
            if restart and units == restart:
                data += bits.bytes() + fill + bytes([0xFF, 0xD0 + restarts % 8])
                bits, previous, units, restarts = Bits(), [0] * count, 0, restarts + 1
            units += 1
            for i in scan:
                for _ in range(1 if len(scan) == 1 else factors[i][0] * factors[i][1]):
                    previous[i] = block(rng, bits, previous[i])
        data += bits.bytes()
    return data + b"\xff\xd9"


def saved(mode, size, **options):
    file = io.BytesIO()
    channels = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    Image.frombytes(mode, size, picture(*size, channels)).save(file, "JPEG", **options)
    return file.getvalue()


def pixels(file):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
    return image.convert("RGB") if image.mode == "CMYK" else image


def oriented(value, order):
    entry = struct.pack(order + "HHIHH", 274, 3, 1, value, 0)
    other = struct.pack(order + "HHII", 256, 4, 1, 7)
    tiff = (b"II" if order == "<" else b"MM") + struct.pack(order + "HIH", 42, 8, 2) + other + entry + b"\0\0\0\0"
    return b"Exif\0\0" + tiff


def cases():
    for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
        for size in ((1, 1), (2, 3), (7, 9), (16, 16), (17, 33), (40, 19)):
            yield f"baseline-{name}-{size[0]}", saved("RGB", size, quality=80, subsampling=subsampling)
            yield f"progressive-{name}-{size[0]}", saved("RGB", size, quality=90, subsampling=subsampling, progressive=True)
    for size in ((3, 2), (19, 25)):
        yield f"grey-{size[0]}", saved("L", size, quality=70)
        yield f"grey-progressive-{size[0]}", saved("L", size, quality=95, progressive=True)
        yield f"cmyk-{size[0]}", saved("CMYK", size, quality=85)
    yield "optimized", saved("RGB", (31, 30), quality=30, optimize=True)
    for value in range(1, 9):
        yield f"orientation-{value}", saved("RGB", (9, 5), quality=95, subsampling=0, exif=oriented(value, "<>"[value % 2]))
    full = (1, 1)
    yield "sampling-440", random_file(1, 21, 37, [(1, 2), full, full])
    yield "sampling-411", random_file(2, 45, 11, [(4, 1), full, full])
    yield "sampling-410", random_file(3, 45, 37, [(4, 2), full, full])
    yield "sampling-441", random_file(4, 13, 45, [(1, 4), full, full])
    yield "sampling-mixed", random_file(5, 35, 35, [(2, 2), (2, 1), (1, 2)])
    yield "sampling-colour-finer", random_file(6, 35, 21, [full, (2, 2), (2, 1)])
    yield "sampling-2x1-all", random_file(7, 35, 21, [(2, 1)] * 3)
    yield "sampling-420-narrow", random_file(8, 3, 35, [(2, 2), full, full])
    yield "sampling-420-wider", random_file(9, 5, 35, [(2, 2), full, full])
    yield "grey-2x2", random_file(10, 21, 13, [(2, 2)])
    yield "restart-444", random_file(11, 41, 21, [full] * 3, restart=2)
    yield "restart-420", random_file(12, 70, 37, [(2, 2), full, full], restart=1, fill=b"\xff\xff")
    yield "restart-row", random_file(13, 41, 21, [(2, 1), full, full], restart=3)
    yield "scans-apart", random_file(14, 35, 29, [(2, 2), full, full], scans=[[0], [1], [2]])
    yield "scans-pair", random_file(15, 35, 29, [(2, 2), full, full], scans=[[0], [1, 2]], restart=2)
    yield "rgb-adobe", random_file(16, 19, 11, [full] * 3, adobe=0)
    yield "rgb-names", random_file(17, 19, 11, [full] * 3, ids=b"RGB")
    yield "ycc-jfif-named-rgb", random_file(18, 19, 11, [full] * 3, ids=b"RGB", jfif=True)
    yield "ycc-adobe", random_file(19, 19, 11, [full] * 3, ids=b"RGB", adobe=1)
    yield "cmyk-plain", random_file(20, 19, 11, [full] * 4)
    yield "cmyk-adobe", random_file(21, 19, 11, [full] * 4, adobe=0)
    yield "ycck", random_file(22, 35, 21, [(2, 2), full, full, (2, 2)], adobe=2)
    yield "steps-16-bit", random_file(23, 19, 11, [(2, 1), full, full], wide_steps=True, fill=b"\xff")


def main():
    lines = []
    for name, file in cases():
        image = pixels(file)
        lines.append(f"decode {name} {image.width} {image.height} {len(image.getbands())} "
                     f"{hashlib.sha256(image.tobytes()).hexdigest()} {base64.b64encode(file).decode()}")
    for mode in ("L", "RGB"):
        for size in ((1, 1), (8, 8), (9, 17), (33, 18), (100, 75)):
            for quality in (1, 25, 50, 75, 90, 100):
                for name, subsampling in (("444", 0), ("420", 2))[:1 if mode == "L" else 2]:
                    file = saved(mode, size, quality=quality, subsampling=subsampling)
                    lines.append(f"encode {mode} {size[0]} {size[1]} {quality} {name} {hashlib.sha256(file).hexdigest()}")
    photos = pathlib.Path(os.environ["FOVEA_DATA"]) / "images/photos"
    for path in sorted(photos.glob("*.jpg")):
        image = Image.open(path)
        places = [(image.width * i // 7, image.height * (6 - i) // 7) for i in range(7)]
        samples = " ".join(f"{x},{y}={','.join(map(str, (lambda p: p if isinstance(p, tuple) else (p,))(image.getpixel((x, y)))))}" for x, y in places)
        lines.append(f"photo {path.name} {image.width} {image.height} {len(image.getbands())} {hashlib.sha256(image.tobytes()).hexdigest()} {samples}")
    path = pathlib.Path(__file__).parents[2] / "tests/Fovea.Imaging.Tests/Golden/jpeg.txt"
    path.write_text("\n".join(lines) + "\n")


main()
