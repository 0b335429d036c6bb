#!/usr/bin/env python3
"""Writes tests/Fovea.Imaging.Tests/Golden/tiff.txt: TIFF files as Pillow and libtiff write them, others put together here,
and what Pillow reads in them.

One file a line: name, width, height, channels, the SHA-256 of its pixels, the file in base64. Of 16 bits the higher 8 are
compared; CMYK is turned into RGB by Pillow. Run with Debian's python3-pil and libtiff-tools: python3 tools/golden/tiff.py
"""
import base64
import hashlib
import io
import math
import pathlib
import struct
import subprocess
import tempfile

from PIL import Image

ROOT = pathlib.Path(__file__).parents[2]
CODES = {"none": ["none"], "packbits": ["packbits"], "lzw": ["lzw", "lzw:2"], "zip": ["zip", "zip:2"]}


def photo(width, height, seed=0):
    state, data = seed * 7919 + 1, bytearray()
    for y in range(height):
        for x in range(width):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            noise = (state >> 16) % 9 - 4
            for c in range(3):
                data.append(max(0, min(255, int(120 + 90 * math.sin((x * (c + 2) + y * 3 + seed) / 17)) + noise)))
    return Image.frombytes("RGB", (width, height), bytes(data))


def page(width, height):
    """Black shapes on white, as scanners see them."""
    inside = lambda x, y: (x // 7 + y // 9) % 5 == 0 or (x - 40) ** 2 + (y - 30) ** 2 < 400 or (x * 7 + y * 13) % 101 < 2
    image = Image.new("L", (width, height))
    image.putdata([0 if inside(x, y) else 255 for y in range(height) for x in range(width)])
    return image.convert("1")


def with_alpha(image):
    width, height = image.size
    result = image.convert("RGBA")
    result.putalpha(Image.frombytes("L", (width, height), bytes((x * 255 // (width - 1) + 5 * y) % 256 for y in range(height) for x in range(width))))
    return result


def build(order, fields, data, big=False):
    """A file of one strip behind its directory. Fields: tag -> (type, values)."""
    codes = {1: "B", 3: "H", 4: "I", 5: "II"}
    fields = dict(fields)
    fields.setdefault(273, (4, [0]))
    fields.setdefault(279, (4, [len(data)]))
    room, head = (8, 16) if big else (4, 8)
    end = head + (8 if big else 2) + len(fields) * (20 if big else 12) + room
    entries, extra = b"", b""
    for tag, (kind, values) in sorted(fields.items()):
        content = struct.pack(order + codes[kind][0] * len(values), *values)
        count = len(values) // len(codes[kind])
        if tag == 273:
            at = len(entries)
        if len(content) > room:
            place = struct.pack(order + ("Q" if big else "I"), end + len(extra))
            extra += content
        else:
            place = content.ljust(room, b"\0")
        entries += struct.pack(order + "HH" + ("Q" if big else "I"), tag, kind, count) + place
    strip = struct.pack(order + "I", end + len(extra)).ljust(room, b"\0")
    entries = entries[:at + (12 if big else 8)] + strip + entries[at + (20 if big else 12):]
    mark = b"II" if order == "<" else b"MM"
    header = mark + struct.pack(order + "HHHQ", 43, 8, 0, 16) if big else mark + struct.pack(order + "HI", 42, 8)
    return header + struct.pack(order + ("Q" if big else "H"), len(fields)) + entries + bytes(room) + extra + data


def basic(width, height, bits, photometric, samples=1, **more):
    fields = {256: (4, [width]), 257: (4, [height]), 258: (3, [bits] * samples), 259: (3, [1]), 262: (3, [photometric]), 277: (3, [samples]), 278: (4, [height])}
    fields.update({int(tag[1:]): value for tag, value in more.items()})
    return fields


def noise(count, seed):
    return b"".join(hashlib.sha256(struct.pack("<II", seed, i)).digest() for i in range(count // 32 + 1))[:count]


def crafted():
    for order in "<>":
        name = "le" if order == "<" else "be"
        for bits in (1, 2, 4, 8):
            row = (13 * bits + 7) // 8
            for photometric in (0, 1):
                for fill in (1, 2):
                    yield f"grey-{bits}-{photometric}-fill{fill}-{name}", build(order, basic(13, 5, bits, photometric, t266=(3, [fill])), noise(5 * row, bits))
            colours = [v * 40503 % 65536 for v in range(3 << bits)]
            yield f"palette-{bits}-{name}", build(order, basic(13, 5, bits, 3, t320=(3, colours)), noise(5 * row, bits))
        yield f"grey-16-{name}", build(order, basic(9, 4, 16, 1), noise(72, 1))
        for big in (False, True):
            yield f"rgb-16-{name}-{'big' if big else 'classic'}", build(order, basic(9, 4, 16, 2, 3), noise(216, 2), big)
        yield f"rgb-8-{name}-big", build(order, basic(9, 4, 8, 2, 3), noise(108, 2), True)
        for extra in (None, 0, 1, 2, 999):
            more = {} if extra is None else {"t338": (3, [extra])}
            yield f"rgb-extra-{extra}-{name}", build(order, basic(9, 4, 8, 2, 4, **more), noise(144, 3))
            if extra is not None and extra < 3:
                yield f"rgb-16-extra-{extra}-{name}", build(order, basic(9, 4, 16, 2, 4, **more), noise(288, 4))
        yield f"rgb-extra-1-0-{name}", build(order, basic(9, 4, 8, 2, 5, t338=(3, [1, 0])), noise(180, 5))
        yield f"grey-alpha-{name}", build(order, basic(9, 4, 8, 1, 2, t338=(3, [2])), noise(72, 6))
        yield f"palette-alpha-{name}", build(order, basic(9, 4, 8, 3, 2, t338=(3, [2]), t320=(3, [v * 251 % 65536 for v in range(768)])), noise(72, 7))
        yield f"cmyk-{name}", build(order, basic(9, 4, 8, 5, 4), noise(144, 8))
        yield f"cmyk-extra-{name}", build(order, basic(9, 4, 8, 5, 5, t338=(3, [0])), noise(180, 9))
        for across, down in ((1, 1), (2, 1), (2, 2), (4, 1), (4, 2), (4, 4), (1, 2)):
            width = 16 if (across, down) == (4, 4) else 18  # libtiff errs in the last unit of others
            units = -(-width // across) * -(-12 // down)
            data = noise(units * (across * down + 2), 10)
            yield f"ycbcr-{across}{down}-{name}", build(order, basic(width, 12, 8, 6, 3, t530=(3, [across, down])), data)
        data = noise(9 * 6 * 6, 11)
        yield f"ycbcr-luma-{name}", build(order, basic(18, 12, 8, 6, 3, t530=(3, [2, 2]), t529=(5, [2126, 10000, 7152, 10000, 722, 10000]), t532=(5, [16, 1, 235, 1, 128, 1, 240, 1, 128, 1, 240, 1])), data)
        for orientation in range(1, 9):
            yield f"orientation-{orientation}-{name}", build(order, basic(5, 3, 8, 1, t274=(3, [orientation])), noise(15, 12))


def by_libtiff(folder):
    kinds = {"rgb": photo(33, 21, 1), "grey": photo(33, 21, 2).convert("L"), "rgba": with_alpha(photo(33, 21, 3)), "palette": photo(33, 21, 4).convert("P", palette=Image.ADAPTIVE, colors=200), "cmyk": photo(33, 21, 5).convert("CMYK"), "bits": page(77, 50)}
    for kind, image in kinds.items():
        image.save(folder / f"{kind}.tif")
    (folder / "words.tif").write_bytes(build("<", basic(33, 21, 16, 2, 3), bytes(b for v in photo(33, 21, 6).tobytes() for b in ((v * 37) % 256, v))))
    (folder / "swapped.tif").write_bytes(build(">", basic(33, 21, 16, 2, 3), bytes(b for v in photo(33, 21, 6).tobytes() for b in (v, (v * 37) % 256))))
    (folder / "words-grey.tif").write_bytes(build(">", basic(33, 21, 16, 1), bytes(b for v in photo(33, 21, 7).convert("L").tobytes() for b in (v, (v * 37) % 256))))
    for kind in [*kinds, "words", "swapped", "words-grey"]:
        for code in ("none", "packbits", "lzw", "zip"):
            for option in CODES[code]:
                if kind == "bits" and ":" in option:
                    continue
                layouts = {"strips": ["-s", "-r", "8"], "tiles": ["-t", "-w", "16", "-l", "16"]}
                # libtiff's tool separates planes of 8 bits only.
                if kind in ("rgb", "rgba"):
                    layouts["planes"] = ["-p", "separate", "-s", "-r", "16"]
                    layouts["plane-tiles"] = ["-p", "separate", "-t", "-w", "16", "-l", "32"]
                if kind == "rgb":
                    layouts["strip"] = ["-s", "-r", "21"]
                for layout, options in layouts.items():
                    yield f"{kind}-{option.replace(':', '')}-{layout}", ["-c", option, *options], kind
    for order in ("-L", "-B"):
        for kind in ("rgb", "swapped", "bits"):
            yield f"{kind}-order{order}", [order, "-c", "lzw" if kind == "bits" else "lzw:2", "-r", "9"], kind
            yield f"{kind}-bigtiff{order}", [order, "-8", "-c", "zip" if kind == "bits" else "zip:2", "-r", "9"], kind
    for kind in ("rgb", "bits", "grey"):
        for code in ("none", "lzw", "zip", "packbits"):
            yield f"{kind}-{code}-lsb", ["-f", "lsb2msb", "-c", code, "-r", "20"], kind
    for code in ("jpeg", "jpeg:r", "jpeg:30"):
        yield f"rgb-{code.replace(':', '')}-strips", ["-c", code, "-r", "16"], "rgb"
        yield f"rgb-{code.replace(':', '')}-tiles", ["-c", code, "-t", "-w", "32", "-l", "32"], "rgb"
    yield "grey-jpeg", ["-c", "jpeg", "-r", "16"], "grey"
    yield "rgb-jpeg-planes", ["-c", "jpeg:r", "-p", "separate", "-r", "16"], "rgb"
    for code in ("g3", "g3:1d", "g3:2d", "g3:2d:fill", "g3:1d:fill", "g4"):
        for fill in ("msb2lsb", "lsb2msb"):
            yield f"fax-{code.replace(':', '')}-{fill}", ["-c", code, "-f", fill, "-r", "20"], "bits"
    yield "fax-g4-strip", ["-c", "g4", "-r", "50"], "bits"
    yield "fax-g4-tiles", ["-c", "g4", "-t", "-w", "32", "-l", "16"], "bits"


def fax(folder):
    wide = Image.new("1", (6000, 4), 1)
    for x, y, length in ((0, 0, 1), (3, 0, 2600), (2700, 0, 3300), (0, 1, 5999), (1, 2, 5120), (5900, 3, 100)):
        wide.paste(0, (x, y, x + length, y + 1))
    white = Image.new("1", (100, 20), 1)
    black = Image.new("1", (100, 20), 0)
    stripes = Image.new("1", (513, 130), 1)
    for y in range(130):
        x, black_run = 0, (y + 1) % 67
        while x < 513:
            stripes.paste(0, (x, y, min(x + black_run, 513), y + 1))
            x += black_run + y % 65 + 1
            black_run = (black_run * 5 + 3) % 64 + 1
    for name, image in (("wide", wide), ("white", white), ("black", black), ("stripes", stripes)):
        for code in ("tiff_ccitt", "group3", "group4"):
            image.save(folder / "fax.tif", compression=code)
            yield f"{name}-{code}", (folder / "fax.tif").read_bytes()


def read(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    if image.mode in ("I;16", "I;16B"):
        pixels = image.tobytes()[image.mode == "I;16"::2]
        return image.width, image.height, 1, pixels
    mode = {"1": "L", "P": "RGB", "CMYK": "RGB", "RGBX": "RGB", "PA": "RGBA"}.get(image.mode, image.mode)
    image = image.convert(mode)
    return image.width, image.height, len(image.getbands()), image.tobytes()


def reference(folder, name, data):
    """Pillow's pixels; where it knows nothing of a file's container, after libtiff has changed that, or those of libtiff."""
    try:
        return read(data)
    except Exception:
        (folder / "in.tif").write_bytes(data)
        command = ["tiff2rgba", "-c", "none"] if name.startswith("ycbcr") else ["tiffcp", "-f", "msb2lsb"]
        subprocess.run([*command, folder / "in.tif", folder / "out.tif"], check=True)
        width, height, channels, pixels = read((folder / "out.tif").read_bytes())
        if name.startswith("ycbcr"):
            channels, pixels = 3, Image.frombytes("RGBA", (width, height), pixels).convert("RGB").tobytes()
        return width, height, channels, pixels


def main():
    files, lines = [*crafted()], []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for name, options, kind in by_libtiff(folder):
            subprocess.run(["tiffcp", *options, folder / f"{kind}.tif", folder / "out.tif"], check=True)
            files.append((name, (folder / "out.tif").read_bytes()))
        files += fax(folder)
        for name, data in files:
            width, height, channels, pixels = reference(folder, name, data)
            lines.append(f"{name} {width} {height} {channels} {hashlib.sha256(pixels).hexdigest()} {base64.b64encode(data).decode()}")
    (ROOT / "tests/Fovea.Imaging.Tests/Golden/tiff.txt").write_text("\n".join(lines) + "\n")
    print(len(lines), "files")


if __name__ == "__main__":
    main()
