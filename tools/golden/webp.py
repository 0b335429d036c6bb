#!/usr/bin/env python3
"""Writes tests/Fovea.Imaging.Tests/Golden/webp.txt: WebP files as libwebp writes them, and what it reads back.

One file a line: name, width, height, channels, the SHA-256 of its pixels, the file in base64. Pixels are those of Pillow,
which must be those of dwebp, too. Run with Debian's python3-pil and webp: python3 tools/golden/webp.py
"""
import base64
import ctypes
import hashlib
import io
import math
import pathlib
import subprocess
import tempfile

from PIL import Image

ROOT = pathlib.Path(__file__).parents[2]
LIBRARY = ctypes.CDLL("libwebp.so.7")
ABI = 0x020F
INT, POINTER = ctypes.c_int, ctypes.c_void_p


class Config(ctypes.Structure):
    _fields_ = [(name, ctypes.c_float if name in ("quality", "target_PSNR") else INT) for name in
                """lossless quality method image_hint target_size target_PSNR segments sns_strength filter_strength
                filter_sharpness filter_type autofilter alpha_compression alpha_filtering alpha_quality passes
                show_compressed preprocessing partitions partition_limit emulate_jpeg_size thread_level low_memory
                near_lossless exact use_delta_palette use_sharp_yuv qmin qmax""".split()]


class Picture(ctypes.Structure):
    _fields_ = [("use_argb", INT), ("colorspace", INT), ("width", INT), ("height", INT), ("yuv", POINTER * 3), ("strides", INT * 2),
                ("a", POINTER), ("a_stride", INT), ("pad1", INT * 2), ("argb", POINTER), ("argb_stride", INT), ("pad2", INT * 3),
                ("writer", POINTER), ("custom_ptr", POINTER), ("extra_info_type", INT), ("extra_info", POINTER), ("stats", POINTER),
                ("error_code", INT), ("hook", POINTER), ("user_data", POINTER), ("rest", ctypes.c_char * 256)]


class Writer(ctypes.Structure):
    _fields_ = [("memory", POINTER), ("size", ctypes.c_size_t), ("most", ctypes.c_size_t), ("pad", INT)]


def encode(image, quality=75, **options):
    config, picture, writer = Config(), Picture(), Writer()
    assert LIBRARY.WebPConfigInitInternal(ctypes.byref(config), 0, ctypes.c_float(quality), ABI)
    assert LIBRARY.WebPPictureInitInternal(ctypes.byref(picture), ABI)
    for name, value in options.items():
        setattr(config, name, value)
    LIBRARY.WebPMemoryWriterInit(ctypes.byref(writer))
    picture.use_argb, picture.width, picture.height = config.lossless or config.use_sharp_yuv, image.width, image.height
    channels = len(image.getbands())
    load = LIBRARY.WebPPictureImportRGBA if channels == 4 else LIBRARY.WebPPictureImportRGB
    assert load(ctypes.byref(picture), image.tobytes(), image.width * channels)
    picture.writer = ctypes.cast(LIBRARY.WebPMemoryWrite, POINTER)
    picture.custom_ptr = ctypes.cast(ctypes.pointer(writer), POINTER)
    assert LIBRARY.WebPEncode(ctypes.byref(config), ctypes.byref(picture)), picture.error_code
    LIBRARY.WebPPictureFree(ctypes.byref(picture))
    return ctypes.string_at(writer.memory, writer.size)


def photo(width, height, seed=0):
    """Slopes, round edges and noise, as photographs have them."""
    state = seed * 7919 + 1
    data = bytearray()
    for y in range(height):
        for x in range(width):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            noise = (state >> 16) % 13 - 6
            inside = (x - width * 0.4) ** 2 + (y - height * 0.6) ** 2 < (min(width, height) * 0.3) ** 2
            for c in range(3):
                value = 120 + 70 * math.sin((x * (c + 2) + y * 3 + seed * 11) / 23) + 40 * math.cos(y / (7 + c)) + (45 - 40 * c if inside else 0)
                data.append(max(0, min(255, int(value) + noise)))
    return Image.frombytes("RGB", (width, height), bytes(data))


def with_alpha(image, kind):
    width, height = image.size
    alpha = {
        "slope": lambda x, y: (x * 255 // max(width - 1, 1) + 3 * y) % 256,
        "disc": lambda x, y: 255 if (x - width / 2) ** 2 + (y - height / 2) ** 2 < (min(width, height) / 3) ** 2 else 0,
        "noise": lambda x, y: (x * x * 31 + y * y * 17 + x * y * 7) // 5 % 256,
    }[kind]
    result = image.convert("RGBA")
    result.putalpha(Image.frombytes("L", (width, height), bytes(alpha(x, y) for y in range(height) for x in range(width))))
    return result


def colours(width, height, count):
    palette = [(i * 89 % 256, i * 151 % 256, 255 - i * 37 % 256) for i in range(count)]
    return Image.frombytes("RGB", (width, height), bytes(v for y in range(height) for x in range(width) for v in palette[((x * x + 3 * y) // 7 + (x // 9) * (y // 5)) % count]))


def tiles(width, height):
    """Copies of squares of noise from near and far, farther back than the most pixels a decoder must keep."""
    squares = [photo(50, 50, seed) for seed in range(3)]
    image = Image.new("RGB", (width, height))
    for i in range(0, width, 50):
        for j in range(0, height, 50):
            image.paste(squares[(i * i // 2500 + j // 50) % 3] if j < 400 or j > 1200 else Image.new("RGB", (50, 50), (200, 10, 10)), (i, j))
    return image


def stills():
    sizes = [(1, 1), (2, 3), (16, 16), (17, 15), (33, 50), (90, 61)]
    for width, height in sizes:
        size = f"{width}x{height}"
        image = photo(width, height, width)
        for quality in (0, 30, 75, 100):
            yield f"lossy-{size}-q{quality}", encode(image, quality, method=quality % 7)
        for method in (0, 3, 6):
            yield f"lossless-{size}-m{method}", encode(image, 33 * (method // 2), lossless=1, method=method)
        yield f"lossless-alpha-{size}", encode(with_alpha(image, "slope"), lossless=1, exact=1)
    image = photo(70, 45, 5)
    for kind in (0, 1):
        for strength, sharpness in ((15, 0), (60, 3), (100, 7)):
            yield f"filter-{kind}-{strength}-{sharpness}", encode(image, 20 + strength // 2, filter_type=kind, filter_strength=strength, filter_sharpness=sharpness)
    yield "filter-none", encode(image, 20, filter_strength=0)
    yield "filter-auto", encode(image, 20, autofilter=1)
    for segments in (1, 2, 3, 4):
        yield f"segments-{segments}", encode(image, 40, segments=segments, sns_strength=100)
    tall = photo(40, 150, 6)
    for partitions in (1, 2, 3):
        yield f"partitions-{partitions}", encode(tall, 60, partitions=partitions)
    yield "jpeg-like", encode(image, 50, emulate_jpeg_size=1)
    yield "sharp-yuv", encode(image, 50, use_sharp_yuv=1)
    yield "low-frequencies", encode(photo(160, 90, 8).resize((320, 180), Image.BICUBIC), 10)
    for level in (0, 40, 80):
        yield f"near-lossless-{level}", encode(image, lossless=1, near_lossless=level)
    for count in (1, 2, 3, 4, 5, 16, 17, 256):
        yield f"palette-{count}", encode(colours(61, 40, count), 100 if count % 2 else 60, lossless=1)
    yield "groups", encode(photo(200, 160, 9).resize((300, 200), Image.NEAREST), 100, lossless=1, method=6)
    yield "window", encode(tiles(1500, 1650), 50, lossless=1, method=2)
    for kind in ("slope", "disc", "noise"):
        for quality in (0, 60, 100):
            for filtering in (0, 1, 2):
                image = with_alpha(photo(37, 26, quality), kind)
                yield f"alpha-{kind}-q{quality}-f{filtering}", encode(image, 50, alpha_quality=quality, alpha_filtering=filtering)
        yield f"alpha-{kind}-raw", encode(image, 50, alpha_compression=0)


def animations(folder):
    frames = [photo(40, 30, seed) for seed in range(3)]
    for name, options in (("lossy", {}), ("lossless", {"lossless": True}), ("mixed", {"allow_mixed": True, "kmin": 0})):
        for kind in (None, "disc"):
            pictures = [with_alpha(frame, kind) if kind else frame for frame in frames]
            file = io.BytesIO()
            pictures[0].save(file, "WEBP", save_all=True, append_images=pictures[1:], duration=50, **options)
            yield f"animation-{name}{'-alpha' if kind else ''}", file.getvalue()
    for name, first in (("lossy", encode(frames[0])), ("lossy-alpha", encode(with_alpha(frames[0], "slope"))), ("lossless", encode(frames[0], lossless=1))):
        for number, data in enumerate((first, encode(photo(90, 70, 4)))):
            (folder / f"{number}.webp").write_bytes(data)
        subprocess.run(["webpmux", "-frame", folder / "0.webp", "+50+10+6", "-frame", folder / "1.webp", "+50+0+0", "-bgcolor", "255,1,2,3", "-o", folder / "out.webp"], check=True, capture_output=True)
        yield f"canvas-{name}", (folder / "out.webp").read_bytes()


def pixels_by_dwebp(folder, data):
    (folder / "in.webp").write_bytes(data)
    subprocess.run(["dwebp", "-quiet", "-nodither", folder / "in.webp", "-pam", "-o", folder / "out.pam"], check=True)
    return (folder / "out.pam").read_bytes().split(b"ENDHDR\n", 1)[1]


def main():
    lines = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for name, data in [*stills(), *animations(folder)]:
            image = Image.open(io.BytesIO(data))
            # Other frames may be transparent where the first one is not.
            if getattr(image, "is_animated", False) and image.mode == "RGBA" and image.getextrema()[3] == (255, 255):
                image = image.convert("RGB")
            pixels = image.tobytes()
            channels = len(image.getbands())
            if not name.startswith(("animation", "canvas")):
                assert image.convert("RGBA").tobytes() == pixels_by_dwebp(folder, data), name
            if name.startswith("canvas"):
                # Pillow fills what the first frame leaves free with black if no frame is transparent; it is transparent.
                channels, pixels = 4, bytearray(image.convert("RGBA").tobytes())
                for y in range(image.height):
                    for x in range(image.width):
                        if not (10 <= x < 50 and 6 <= y < 36):
                            pixels[4 * (y * image.width + x) + 3] = 0
            lines.append(f"{name} {image.width} {image.height} {channels} {hashlib.sha256(pixels).hexdigest()} {base64.b64encode(data).decode()}")
    (ROOT / "tests/Fovea.Imaging.Tests/Golden/webp.txt").write_text("\n".join(lines) + "\n")


main()
