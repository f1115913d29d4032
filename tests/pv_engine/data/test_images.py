"""Photographs are read as people see them; those that are broken or harmful are refused by name."""

import contextlib
import io
import random
import struct
import zlib

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from pv_engine.data.images import MOST_PIXELS, load_square
from pv_engine.errors import ImageDataError
from pv_engine.stimulus_sets.loading import load_stimulus_set
from tests.factories import make_stimulus_folder


def write_png(path, width, height):
    """A PNG of a few bytes whose header claims n pixels."""

    def chunk(kind, body):
        content = kind + body
        return struct.pack(">I", len(body)) + content + struct.pack(">I", zlib.crc32(content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


@pytest.mark.parametrize(
    "size", [(MOST_PIXELS // 1000 + 1, 1000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)]
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path, size):
    bomb = write_png(tmp_path / "bomb.png", *size)
    with pytest.raises(ImageDataError, match=r"bomb\.png cannot be read \(.*pixels"):
        load_square(bomb, 64)


def test_what_is_no_image_or_cut_short_is_refused(tmp_path):
    whole = tmp_path / "whole.png"
    Image.effect_noise((64, 64), 50).save(whole)
    (tmp_path / "cut.png").write_bytes(whole.read_bytes()[:-500])
    (tmp_path / "text.png").write_text("<svg onload=alert(1)>")
    assert load_square(whole, 32).size == (32, 32)
    for name in ("cut.png", "text.png"):
        with pytest.raises(ImageDataError, match=name):
            load_square(tmp_path / name, 32)


def test_a_stimulus_that_is_a_bomb_is_refused_too(db, tmp_path, monkeypatch):
    monkeypatch.setattr("pv_engine.data.images.MOST_PIXELS", 48 * 48 - 1)
    with pytest.raises(ImageDataError, match="is too large to be a stimulus: it has 2,304 pixels"):
        load_stimulus_set(make_stimulus_folder(tmp_path / "stimuli"))


def pixels(path, size=32):
    return np.asarray(load_square(path, size))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_upright(tmp_path, orientation):
    path = tmp_path / "turned.png"
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    Image.effect_noise((48, 32), 80).save(path, exif=exif)
    expected = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    fitted = ImageOps.fit(expected, (32, 32), method=Image.Resampling.BICUBIC)
    assert (pixels(path) == np.asarray(fitted)).all()


@pytest.mark.parametrize(
    ("tag", "kind", "count", "value"),
    [
        (
            ExifTags.Base.XResolution,
            10,
            1,
            struct.pack("<ii", -1, 1),
        ),  # defined as positive
        (ExifTags.Base.ResolutionUnit, 8, 1, struct.pack("<h", -2)),
        (ExifTags.Base.ResolutionUnit, 2, 2, b"x"),  # text
    ],
    ids=["negative rational", "negative short", "text for a number"],
)
def test_an_odd_exif_value_spoils_no_photograph(tmp_path, tag, kind, count, value):
    turned = struct.pack("<HHIHH", ExifTags.Base.Orientation, 3, 1, 6, 0)
    inline = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", 38)
    odd = struct.pack("<HHI", tag, kind, count) + inline
    header = b"II*\0\x08\0\0\0" + struct.pack("<H", 2)
    tags = header + turned + odd + b"\0\0\0\0" + value
    noise = Image.effect_noise((32, 32), 80)
    noise.save(tmp_path / "plain.png")
    noise.save(tmp_path / "odd.png", exif=b"Exif\0\0" + tags)
    assert (pixels(tmp_path / "odd.png") == np.rot90(pixels(tmp_path / "plain.png"), -1)).all()


def test_greys_of_16_bits_keep_their_range(tmp_path):
    greys = np.linspace(0, 65535, 32 * 32).reshape(32, 32).astype(np.uint16)
    Image.fromarray(greys).save(tmp_path / "scan.png")
    assert (abs(pixels(tmp_path / "scan.png")[..., 0] - greys / 257) <= 1).all()


@pytest.mark.parametrize(
    ("kind", "white"), [(np.uint16, 4095), (np.int32, 4095), (np.float32, 4095), (np.float32, 1)]
)
def test_greys_of_a_range_that_is_given_use_all_of_it(tmp_path, kind, white):
    greys = np.linspace(0, white, 32 * 32).reshape(32, 32).astype(kind)
    Image.fromarray(greys).save(tmp_path / "scan.tiff")
    seen = np.asarray(load_square(tmp_path / "scan.tiff", 32, white))[..., 0]
    assert (abs(seen - greys / white * 255) <= 1).all()


def test_what_is_beyond_the_given_range_is_black_or_white(tmp_path):
    Image.fromarray(np.full((8, 8), 5000, np.uint16)).save(tmp_path / "bright.tiff")
    Image.fromarray(np.full((8, 8), -1000, np.int32)).save(tmp_path / "dark.tiff")
    assert (np.asarray(load_square(tmp_path / "bright.tiff", 8, 4095)) == 255).all()
    assert (np.asarray(load_square(tmp_path / "dark.tiff", 8, 4095)) == 0).all()


@pytest.mark.parametrize(("kind", "mode"), [(np.int32, "I"), (np.float32, "F")])
def test_greys_without_a_known_range_are_refused(tmp_path, kind, mode):
    Image.fromarray(np.ones((8, 8), dtype=kind)).save(tmp_path / "scan.tiff")
    with pytest.raises(
        ImageDataError, match=rf"scan\.tiff .*32 bits \({mode}\).*save it with 8 or"
    ):
        load_square(tmp_path / "scan.tiff", 8)


def test_what_is_transparent_is_white_whatever_its_hidden_colour(tmp_path):
    hole = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    hole.paste((0, 0, 255, 255), (0, 0, 4, 8))
    hole.save(tmp_path / "hole.png")
    found = pixels(tmp_path / "hole.png", 8)
    assert found[0, 0].tolist() == [0, 0, 255]
    assert found[0, 7].tolist() == [255, 255, 255]
    palette = hole.convert("P")
    palette.info["transparency"] = palette.getpixel((7, 0))
    palette.save(tmp_path / "hole.gif.png")
    assert pixels(tmp_path / "hole.gif.png", 8)[0, 7].tolist() == [255, 255, 255]


def test_a_very_large_jpeg_is_decoded_at_a_fraction_of_its_size(tmp_path, monkeypatch):
    Image.effect_noise((640, 480), 20).convert("RGB").save(tmp_path / "large.jpg")
    whole = pixels(tmp_path / "large.jpg").astype(int)
    monkeypatch.setattr("pv_engine.data.images.LARGE_PIXELS", 1000)
    drafted = []
    draft = Image.Image.draft
    monkeypatch.setattr(
        "PIL.JpegImagePlugin.JpegImageFile.draft",
        lambda image, mode, size: drafted.append(size) or draft(image, mode, size),
    )
    assert abs(pixels(tmp_path / "large.jpg") - whole).mean() < 10
    assert drafted == [(64, 64)]


@pytest.mark.parametrize("suffix", ["jpg", "png", "tiff", "webp", "bmp", "ppm"])
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_is_read_or_refused_whatever_its_decoder_raises(tmp_path, suffix):
    chance = random.Random(suffix)
    whole = io.BytesIO()
    kind = {"jpg": "JPEG"}.get(suffix, suffix.upper())
    Image.effect_noise((32, 24), 80).convert("RGB").save(whole, kind)
    path = tmp_path / f"damaged.{suffix}"
    for _ in range(150):
        damaged = bytearray(whole.getvalue())
        for _ in range(chance.randint(1, 12)):
            damaged[chance.randrange(min(len(damaged), 400))] = chance.randrange(256)
        path.write_bytes(damaged[: chance.randint(8, len(damaged))])
        with contextlib.suppress(ImageDataError):
            assert load_square(path, 16).size == (16, 16)
